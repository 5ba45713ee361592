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

## Hvad der vises bagefter, med én knap.
dialog-ok = OK

## Ja eller nej, hvor det ikke er en anmodning; fokus er først på Nej.
dialog-no = Nej
dialog-yes = Ja
