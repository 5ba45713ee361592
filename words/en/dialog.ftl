### The answer dialog (zenity or kdialog): plain words, the whole question beside the buttons.

## The code.
dialog-title = Sayso
dialog-code-any = Code from the page, six digits.
dialog-code-again = { $fault } Code from the page, six digits.
dialog-code-ok = Go on
dialog-close = Close

## The question; first focus is on Deny.
dialog-deny = Deny
dialog-approve = Approve

## The digits that are read out; first focus is on Copy, which is heard by nobody.
dialog-copy = Copy
dialog-say = Say it

## Several that could be meant: a number each.
dialog-choose = Type a number.

## What is shown after it, with one button.
dialog-ok = OK

## Yes or no, where it is no request; first focus is on No.
dialog-no = No
dialog-yes = Yes
