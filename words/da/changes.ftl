### Sikkerhedsindstillinger, hvad der venter på at ændre dem, og en kontos computere. Sagt med en
### prioritet, der viger for skærmlæseren, så de må være længere end dem i spoken.ftl. Det, der
### venter, siger, hvad der sker uden et svar, og hvordan det stoppes.

## Hvad en ændring sætter, inde i en anden sætning. $what er en indstillings værdi.
change-what = { $what ->
    [code] engangskoder
    [qr] QR-koder
    [readout] oplæste koder
    [on] knappen på siden
   *[off] ingen knap på siden
}
change-kept = { $kept ->
    [code] Du beholder engangskoder.
    [qr] Du beholder QR-koder.
    [readout] Du beholder oplæste koder.
    [on] Du beholder knappen på siden.
   *[off] Du har stadig ingen knap på siden.
}
change-asked = { $who ->
    [here] Du bad om det { $when }, her.
   *[there] Der blev bedt om det { $when }, på { $name }.
}

## At bede om en ændring. $when og $until er dage med et klokkeslæt.
change-ask = { $what ->
    [on] Sæt knappen på loginsider for { $account }?
    [off] Fjern knappen fra loginsider for { $account }?
   *[other] Brug { change-what } for { $account }?
} { $from ->
    [later] Intet ændres før { $until }, hvor Sayso beder dig bekræfte.
   *[now] Det gælder med det samme.
} Ja eller nej.
change-ask-before = Uden dit ja sker der intet. Med det får hver af dine computere besked om ændringen og kan stoppe den.
change-ask-before-at-once = Uden dit ja ændres intet. Med det får alle dine computere besked.
change-ask-replaces = Det kommer i stedet for den ændring, der venter: { change-what }.
change-unchanged = Intet blev ændret.

## En ændring i dens liv. $who er here (denne computer gjorde det), there ($name gjorde det) eller broker.
change-waiting = { $who ->
    [here] Ændring venter: { change-what }.
   *[there] { $name } har bedt om { change-what }.
} Sayso spørger dig { $until }. Siger du ikke ja dér, ændres intet. { $who ->
    [here] Stop den:
   *[there] Ikke dig? Stop det:
} sayso settings cancel.
change-ready = Ændring klar: { change-what }. { change-asked } Bekræft eller stop den: skriv sayso. Uden dit ja ændres intet.
change-confirm = Ændring klar: { change-what }, for { $account }. { change-asked } Bekræft? Ja eller nej.
change-confirm-before = Dit ja sætter ændringen i kraft. Dit nej stopper den. Uden et svar ændres intet, og den falder bort { $until }.
done-change = { $what ->
    [code] Udført. Næste login er med engangskode.
    [qr] Udført. Næste login er med QR-kode.
    [readout] Udført. Ved næste login læser Sayso en kode op.
    [on] Udført. Loginsider har knappen.
   *[off] Udført. Loginsider har ingen knap.
}{ $who ->
    [here] {""}
    [there] {" "}Det blev bekræftet på { $name }.
   *[broker] {" "}Det gjorde de, der driver { $broker }.
}
change-stopped = { $who ->
    [here] Ændringen er stoppet.
    [there] Ændringen er stoppet på { $name }.
    [codes] Ændringen er stoppet efter hundrede forkerte koder.
   *[broker] Ændringen er stoppet af dem, der driver { $broker }.
} { change-kept }
change-lapsed = Ændringen faldt bort, syv dage uden dit ja. { change-kept }
change-replaced = Ændringen faldt bort: { change-what }. En nyere kom i stedet.
## Følger, hvor computeren svarer for flere konti.
change-account = Konto { $account }.
change-none = Ingen ændring venter.

## En ekstra computer, som de andre hører om den.
computer-waiting = En ny computer, { $name }, må svare for { $account } fra { $until }, hvis ingen stopper den. Ikke din? sayso settings cancel. Din? Luk den ind nu: sayso.
computer-let-in = Må den nye computer { $name } svare for { $account } fra nu af? Den bad om det { $when }. Ja eller nej.
computer-let-in-before = Nej holder den ude. Uden et svar må den svare fra { $until }.
done-computer-in = Udført. Computeren { $name } kan nu svare for { $account }.{ $who ->
    [here] {""}
    [there] {" "}Det blev bekræftet på { $by }.
    [broker] {" "}De, der driver { $broker }, lukkede den ind.
   *[nobody] {" "}Ingen stoppede den.
}
computer-kept-out = Computeren { $name } holdes ude. Den kan ikke svare for { $account }.
done-computer-removed = Udført. Computeren { $name } er fjernet. Den kan ikke svare for { $account } mere.
computer-removed = Computeren { $name } er fjernet{ $who ->
    [there] {" "}på { $by }
    [codes] {" "}efter hundrede forkerte koder
   *[broker] {" "}af dem, der driver { $broker }
}. Den kan ikke svare for { $account } mere.
computer-remove = { $which ->
    [other] Fjern computeren { $name }?
   *[here] Fjern denne computer, { $name }?
} Så kan den ikke længere svare for { $account }. Ja eller nej.
computer-remove-last = Det er den eneste. Derefter skal du bruge en ny aktiveringskode.

## Denne computer, hvor den er en ekstra.
registered-waits = Udført, men denne computer venter. Den kan svare for { $account } fra { $until }, hvis ingen stopper den.
computer-here-waits = Denne computer venter. Den kan svare for { $account } fra { $until }, hvis ingen stopper den.
computer-here-sooner = Før, hvis du siger ja på en anden af dine computere: skriv sayso der. Ikke ønsket? Hold den ude der: sayso settings cancel.
done-computer-here = Udført. Denne computer kan nu svare for { $account }.
computer-here-kept-out = Denne computer blev holdt ude. Den kan ikke svare for { $account }.

## En konto, der er spærret som helhed, og enden på det.
account-blocked = Kontoen { $account } er spærret af dem, der driver { $broker }. Ingen kan logge ind med den. Spørg dem hvorfor.
account-unblocked = Kontoen { $account } er ikke længere spærret. Sayso svarer for den igen.

## Låst skærm.
locked-change = Sayso. En ændring af indstillinger venter. Lås op for at høre den.

## En dag med et klokkeslæt, inde i en anden sætning.
day-today = i dag klokken { $time }
day-tomorrow = i morgen klokken { $time }
day-yesterday = i går klokken { $time }
day-week = { $weekday ->
    [1] mandag
    [2] tirsdag
    [3] onsdag
    [4] torsdag
    [5] fredag
    [6] lørdag
   *[7] søndag
} klokken { $time }
day-date = den { $day }. { $month ->
    [1] januar
    [2] februar
    [3] marts
    [4] april
    [5] maj
    [6] juni
    [7] juli
    [8] august
    [9] september
    [10] oktober
    [11] november
   *[12] december
} klokken { $time }
