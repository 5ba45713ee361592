# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_sayso_global_optspecs
    string join \n json h/help
end

function __fish_sayso_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_sayso_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_sayso_using_subcommand
    set -l cmd (__fish_sayso_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c sayso -n "__fish_sayso_needs_command" -l json -d 'Print JSON, one value a line, for programs'
complete -c sayso -n "__fish_sayso_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sayso -n "__fish_sayso_needs_command" -f -a "attend" -d 'Stay here: each request as a line and a bell, answered at the prompt; no speech'
complete -c sayso -n "__fish_sayso_needs_command" -f -a "register" -d 'Make this computer an approver. Asks for the activation code'
complete -c sayso -n "__fish_sayso_needs_command" -f -a "accounts" -d 'The accounts that this computer approves for, and what their brokers are called'
complete -c sayso -n "__fish_sayso_needs_command" -f -a "settings" -d 'How you approve, and the changes of it that wait'
complete -c sayso -n "__fish_sayso_needs_command" -f -a "approvers" -d 'Your computers, and taking one away'
complete -c sayso -n "__fish_sayso_needs_command" -f -a "unregister" -d 'Answer for an account no longer on this computer. Asks first'
complete -c sayso -n "__fish_sayso_needs_command" -f -a "requests" -d 'What is waiting'
complete -c sayso -n "__fish_sayso_needs_command" -f -a "enter" -d 'Give the code from a login page, then answer the question'
complete -c sayso -n "__fish_sayso_needs_command" -f -a "scan" -d 'Read the QR code of a login page off the screen, then answer the question'
complete -c sayso -n "__fish_sayso_needs_command" -f -a "approve" -d 'Say yes to the open question'
complete -c sayso -n "__fish_sayso_needs_command" -f -a "deny" -d 'Say no'
complete -c sayso -n "__fish_sayso_needs_command" -f -a "report" -d 'Say no, and that this was not you'
complete -c sayso -n "__fish_sayso_needs_command" -f -a "repeat" -d 'Say the last thing again'
complete -c sayso -n "__fish_sayso_needs_command" -f -a "hush" -d 'Stop speaking'
complete -c sayso -n "__fish_sayso_needs_command" -f -a "time" -d 'How long is left to answer'
complete -c sayso -n "__fish_sayso_needs_command" -f -a "more-time" -d 'Ask for more time to answer: five minutes, up to ten in all'
complete -c sayso -n "__fish_sayso_needs_command" -f -a "away" -d 'No requests told meanwhile. They end unanswered; codes, scans and links still work'
complete -c sayso -n "__fish_sayso_needs_command" -f -a "back" -d 'Be told of requests again'
complete -c sayso -n "__fish_sayso_needs_command" -f -a "preferences" -d 'How Sayso talks, and its quiet hours'
complete -c sayso -n "__fish_sayso_needs_command" -f -a "status" -d 'How Sayso is'
complete -c sayso -n "__fish_sayso_needs_command" -f -a "doctor" -d 'Find out why you do not hear or read Sayso, or cannot answer. Exit status 1: something is wrong'
complete -c sayso -n "__fish_sayso_needs_command" -f -a "history" -d 'What was asked and answered here'
complete -c sayso -n "__fish_sayso_needs_command" -f -a "keys" -d 'Give the next step, repeat and hush keyboard shortcuts, or take them away again'
complete -c sayso -n "__fish_sayso_needs_command" -f -a "practise" -d 'Try a whole approval with nothing at stake'
complete -c sayso -n "__fish_sayso_needs_command" -f -a "open" -d 'Open a sayso address. The desktop calls this for links'
complete -c sayso -n "__fish_sayso_using_subcommand attend" -l json -d 'Print JSON, one value a line, for programs'
complete -c sayso -n "__fish_sayso_using_subcommand attend" -s h -l help -d 'Print help'
complete -c sayso -n "__fish_sayso_using_subcommand register" -l computer -d 'What to call this computer' -r
complete -c sayso -n "__fish_sayso_using_subcommand register" -l broker-name -d 'What to call this broker, where it is not the only one' -r
complete -c sayso -n "__fish_sayso_using_subcommand register" -l speech -d 'Whether you hear speech: on or off' -r -f -a "on\t'On'
off\t'Off'"
complete -c sayso -n "__fish_sayso_using_subcommand register" -l notification -d 'Whether you read desktop notifications: on or off' -r -f -a "on\t'On'
off\t'Off'"
complete -c sayso -n "__fish_sayso_using_subcommand register" -l attend -d 'Whether you stay at sayso attend: on or off' -r -f -a "on\t'On'
off\t'Off'"
complete -c sayso -n "__fish_sayso_using_subcommand register" -l approve-with -d 'For an account\'s first computer: how logins are approved: code, qr or readout' -r -f -a "code\t'A one-time code from the page'
qr\t'A QR code on the page'
readout\t'A code that Sayso reads out'"
complete -c sayso -n "__fish_sayso_using_subcommand register" -l same-device -d 'For an account\'s first computer: whether login pages have a button that opens Sayso: on or off' -r -f -a "on\t'On'
off\t'Off'"
complete -c sayso -n "__fish_sayso_using_subcommand register" -l voice -d 'The voice; empty for the usual one' -r
complete -c sayso -n "__fish_sayso_using_subcommand register" -l rate -d 'The speed, -100 to 100' -r
complete -c sayso -n "__fish_sayso_using_subcommand register" -l language -d 'The language, en or da' -r -f -a "en\t'English'
da\t'Danish'"
complete -c sayso -n "__fish_sayso_using_subcommand register" -l speak-codes -d 'Where codes may be said aloud: private, which is in headphones, or always. Chosen once' -r -f -a "private\t'Where only the person hears them'
always\t'Everywhere'"
complete -c sayso -n "__fish_sayso_using_subcommand register" -l yes -d 'Send it without asking first'
complete -c sayso -n "__fish_sayso_using_subcommand register" -l json -d 'Print JSON, one value a line, for programs'
complete -c sayso -n "__fish_sayso_using_subcommand register" -s h -l help -d 'Print help'
complete -c sayso -n "__fish_sayso_using_subcommand accounts; and not __fish_seen_subcommand_from name" -l json -d 'Print JSON, one value a line, for programs'
complete -c sayso -n "__fish_sayso_using_subcommand accounts; and not __fish_seen_subcommand_from name" -s h -l help -d 'Print help'
complete -c sayso -n "__fish_sayso_using_subcommand accounts; and not __fish_seen_subcommand_from name" -f -a "name" -d 'Say what to call a broker. With several brokers, its name comes first in all that is said of it'
complete -c sayso -n "__fish_sayso_using_subcommand accounts; and __fish_seen_subcommand_from name" -l json -d 'Print JSON, one value a line, for programs'
complete -c sayso -n "__fish_sayso_using_subcommand accounts; and __fish_seen_subcommand_from name" -s h -l help -d 'Print help'
complete -c sayso -n "__fish_sayso_using_subcommand settings" -l account -d 'Which account, where several are registered here' -r
complete -c sayso -n "__fish_sayso_using_subcommand settings" -l json -d 'Print JSON, one value a line, for programs'
complete -c sayso -n "__fish_sayso_using_subcommand settings" -s h -l help -d 'Print help'
complete -c sayso -n "__fish_sayso_using_subcommand approvers; and not __fish_seen_subcommand_from remove" -l account -d 'Which account, where several are registered here' -r
complete -c sayso -n "__fish_sayso_using_subcommand approvers; and not __fish_seen_subcommand_from remove" -l json -d 'Print JSON, one value a line, for programs'
complete -c sayso -n "__fish_sayso_using_subcommand approvers; and not __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c sayso -n "__fish_sayso_using_subcommand approvers; and not __fish_seen_subcommand_from remove" -f -a "remove" -d 'Let it approve no more, at once'
complete -c sayso -n "__fish_sayso_using_subcommand approvers; and __fish_seen_subcommand_from remove" -l account -d 'Which account, where several are registered here' -r
complete -c sayso -n "__fish_sayso_using_subcommand approvers; and __fish_seen_subcommand_from remove" -l json -d 'Print JSON, one value a line, for programs'
complete -c sayso -n "__fish_sayso_using_subcommand approvers; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c sayso -n "__fish_sayso_using_subcommand unregister" -l account -d 'Which account, where several are registered here' -r
complete -c sayso -n "__fish_sayso_using_subcommand unregister" -l json -d 'Print JSON, one value a line, for programs'
complete -c sayso -n "__fish_sayso_using_subcommand unregister" -s h -l help -d 'Print help'
complete -c sayso -n "__fish_sayso_using_subcommand requests" -l json -d 'Print JSON, one value a line, for programs'
complete -c sayso -n "__fish_sayso_using_subcommand requests" -s h -l help -d 'Print help'
complete -c sayso -n "__fish_sayso_using_subcommand enter" -l account -d 'Which account, where several have a request waiting' -r
complete -c sayso -n "__fish_sayso_using_subcommand enter" -l clipboard -d 'Take the code that the page\'s button copied'
complete -c sayso -n "__fish_sayso_using_subcommand enter" -l json -d 'Print JSON, one value a line, for programs'
complete -c sayso -n "__fish_sayso_using_subcommand enter" -s h -l help -d 'Print help'
complete -c sayso -n "__fish_sayso_using_subcommand scan" -l image -d 'A PNG picture, instead of the screen' -r -F
complete -c sayso -n "__fish_sayso_using_subcommand scan" -l clipboard -d 'The picture on the clipboard, instead of the screen'
complete -c sayso -n "__fish_sayso_using_subcommand scan" -l dry-run -d 'Only say what stands in a picture and what Sayso would do. Needs no daemon'
complete -c sayso -n "__fish_sayso_using_subcommand scan" -l json -d 'Print JSON, one value a line, for programs'
complete -c sayso -n "__fish_sayso_using_subcommand scan" -s h -l help -d 'Print help'
complete -c sayso -n "__fish_sayso_using_subcommand approve" -l json -d 'Print JSON, one value a line, for programs'
complete -c sayso -n "__fish_sayso_using_subcommand approve" -s h -l help -d 'Print help'
complete -c sayso -n "__fish_sayso_using_subcommand deny" -l json -d 'Print JSON, one value a line, for programs'
complete -c sayso -n "__fish_sayso_using_subcommand deny" -s h -l help -d 'Print help'
complete -c sayso -n "__fish_sayso_using_subcommand report" -l json -d 'Print JSON, one value a line, for programs'
complete -c sayso -n "__fish_sayso_using_subcommand report" -s h -l help -d 'Print help'
complete -c sayso -n "__fish_sayso_using_subcommand repeat" -l json -d 'Print JSON, one value a line, for programs'
complete -c sayso -n "__fish_sayso_using_subcommand repeat" -s h -l help -d 'Print help'
complete -c sayso -n "__fish_sayso_using_subcommand hush" -l json -d 'Print JSON, one value a line, for programs'
complete -c sayso -n "__fish_sayso_using_subcommand hush" -s h -l help -d 'Print help'
complete -c sayso -n "__fish_sayso_using_subcommand time" -l json -d 'Print JSON, one value a line, for programs'
complete -c sayso -n "__fish_sayso_using_subcommand time" -s h -l help -d 'Print help'
complete -c sayso -n "__fish_sayso_using_subcommand more-time" -l json -d 'Print JSON, one value a line, for programs'
complete -c sayso -n "__fish_sayso_using_subcommand more-time" -s h -l help -d 'Print help'
complete -c sayso -n "__fish_sayso_using_subcommand away" -l json -d 'Print JSON, one value a line, for programs'
complete -c sayso -n "__fish_sayso_using_subcommand away" -s h -l help -d 'Print help'
complete -c sayso -n "__fish_sayso_using_subcommand back" -l json -d 'Print JSON, one value a line, for programs'
complete -c sayso -n "__fish_sayso_using_subcommand back" -s h -l help -d 'Print help'
complete -c sayso -n "__fish_sayso_using_subcommand preferences" -l json -d 'Print JSON, one value a line, for programs'
complete -c sayso -n "__fish_sayso_using_subcommand preferences" -s h -l help -d 'Print help'
complete -c sayso -n "__fish_sayso_using_subcommand status" -l json -d 'Print JSON, one value a line, for programs'
complete -c sayso -n "__fish_sayso_using_subcommand status" -s h -l help -d 'Print help'
complete -c sayso -n "__fish_sayso_using_subcommand doctor" -l json -d 'Print JSON, one value a line, for programs'
complete -c sayso -n "__fish_sayso_using_subcommand doctor" -s h -l help -d 'Print help'
complete -c sayso -n "__fish_sayso_using_subcommand history" -l count -d 'How many lines, the newest last' -r
complete -c sayso -n "__fish_sayso_using_subcommand history" -l verify -d 'Whether every line, the chain and the signed end fit'
complete -c sayso -n "__fish_sayso_using_subcommand history" -l json -d 'Print JSON, one value a line, for programs'
complete -c sayso -n "__fish_sayso_using_subcommand history" -s h -l help -d 'Print help'
complete -c sayso -n "__fish_sayso_using_subcommand keys" -l answer -d 'The keys for the next step; without it, super+alt+a' -r
complete -c sayso -n "__fish_sayso_using_subcommand keys" -l repeat -d 'The keys for repeat; without it, super+alt+r' -r
complete -c sayso -n "__fish_sayso_using_subcommand keys" -l hush -d 'The keys for hush; without it, super+alt+h' -r
complete -c sayso -n "__fish_sayso_using_subcommand keys" -l yes -d 'Change it without asking first'
complete -c sayso -n "__fish_sayso_using_subcommand keys" -l json -d 'Print JSON, one value a line, for programs'
complete -c sayso -n "__fish_sayso_using_subcommand keys" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sayso -n "__fish_sayso_using_subcommand practise" -l account -d 'Which account, where several are registered here' -r
complete -c sayso -n "__fish_sayso_using_subcommand practise" -l json -d 'Print JSON, one value a line, for programs'
complete -c sayso -n "__fish_sayso_using_subcommand practise" -s h -l help -d 'Print help'
complete -c sayso -n "__fish_sayso_using_subcommand open" -l json -d 'Print JSON, one value a line, for programs'
complete -c sayso -n "__fish_sayso_using_subcommand open" -s h -l help -d 'Print help'
