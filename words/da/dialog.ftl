### Svardialogen (zenity eller kdialog): almindelige ord, hele spørgsmålet ved siden af knapperne.

## Koden.
dialog-title = Sayso
dialog-code-any = Koden fra siden, seks cifre.
dialog-code-again = { $fault } Koden fra siden, seks cifre.
dialog-code-ok = Videre
dialog-close = Luk

## Spørgsmålet; fokus er først på Afvis.
dialog-deny = Afvis
dialog-approve = Godkend

## Cifrene, der læses op; først er fokus på Kopiér, som ingen hører.
dialog-copy = Kopiér
dialog-say = Sig den

## Flere, der kan være ment: et tal til hver.
dialog-choose = Tast et tal.

## Hvad der vises bagefter, med én knap.
dialog-ok = OK

## Ja eller nej, hvor det ikke er en anmodning; fokus er først på Nej.
dialog-no = Nej
dialog-yes = Ja
