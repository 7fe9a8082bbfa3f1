# Completion of torc for fish; made by: torc completion fish
# torc itself finds what fits the last word. It tells how to go on, then words with their meanings.
function __torc_fits
    set -l before (commandline -opc)
    set -l typed (commandline -ct)
    set -l word (string unescape -- $typed; or string unescape -- "$typed'"; or string unescape -- "$typed\"")
    set -l said ($before[1] completion fish -- $before[2..-1] "$word" </dev/null 2>/dev/null | string split0)
    switch "$said[1]"
        case files
            __fish_complete_path "$word" | string join0
        case folders
            __fish_complete_directories "$word" '' | string join0
    end
    test (count $said) -lt 2; or string join0 -- $said[2..-1]
end
complete -c torc -f -a '(__torc_fits | string split0)'
