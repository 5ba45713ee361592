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

## What is shown after it, with one button.
dialog-ok = OK

## Yes or no, where it is no request; first focus is on No.
dialog-no = No
dialog-yes = Yes
