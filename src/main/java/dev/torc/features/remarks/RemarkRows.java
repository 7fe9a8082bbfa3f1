package dev.torc.features.remarks;

/**
 * The rows that {@link RemarkTable} reads; the lines that begin with {@code #} describe them. They
 * are a text of a class and not a resource, since a resource would open the jar in each build that
 * runs a job.
 */
final class RemarkRows {

  private RemarkRows() {}

  static final String TEXT =
      """
      # What torc remarks about commands, and what it says after failures: patterns and sentences.
      #
      # A row is a paragraph of keys, each with its value behind spaces:
      #
      #   row      its name; rows of one name are one kind, of which a job or group has one line
      #   in       where the pattern is searched. Before each run of a job:
      #              bare       the text of a shell's command; \\u0001 stands for what is quoted or
      #                         escaped, \\u0000 for a value, and comments and here-documents are left out
      #              odd        the same, if it has characters outside of ASCII
      #              text       the text of a command that has a backslash
      #              env        each variable of env, as a whole: NAME=VALUE, or NAME if it is the caller's
      #              expansion  each $x, ${x} and $(x) that the shell expands, as a whole
      #              word       each word as the program gets it, as a whole
      #            After a failure:
      #              log        each line of the output, and the phrase that says how the job ended
      #              failed     the bare text of the command
      #   shell    the names of the shells for which the row holds; all without it
      #   pattern  a regular expression
      #   command  what must be found in the text of the command, too
      #   unless   what must not be found in the text of the command
      #   if       unset: nothing sets the variable that group 1 of the pattern names
      #            no-program: no program or function has the name in group 1
      #            closed: the job does not have the terminal
      #            pipefail: the shell has this option
      #            several: the job has several tasks
      #            own: no parameter has the name in group 1
      #   says     the rest of a sentence that begins with the job; {0}, {1} … are the groups of the
      #            pattern, {1 code} is the code point of group 1, {shell} is the shell. Without it, the
      #            row keeps later rows from matching
      #   also     what is appended to the sentence of an earlier row of the same name
      #   hit      an example; in a command, its shell and a colon stand before it. RemarkTableTest tries
      #            all examples, and wants at least one hit and one miss of each row
      #   miss     an example in which the row finds nothing

      row      data
      in       bare
      pattern  >|\\btee\\b
      command  (?:>|\\btee\\b[^;|&\\n]*)\\s*"?\\$\\{?TORC_DATA\\b
      says     writes to $TORC_DATA, which holds the values that it needs; values are lost there: write them to $TORC_OUTPUT
      hit      sh: echo x=1 >> $TORC_DATA
      hit      sh: echo x=1 >> "$TORC_DATA"
      hit      bash: echo x=1 | tee -a ${TORC_DATA}
      miss     sh: jq .x < $TORC_DATA > x.txt
      miss     sh: jq .x $TORC_DATA > x.txt
      miss     sh: echo x=1 >> $TORC_OUTPUT

      row      spelling
      in       expansion
      pattern  \\$@
      unless   \\bset\\s+(--|[^-+\\s])|\\w\\s*\\(\\s*\\)|\\bfunction\\s
      says     names its needs or products as another tool does; write {produces} for {0}
      also     {produces} for {0}
      hit      sh: cp a.txt $@
      miss     sh: cp a.txt '$@'
      miss     sh: set -- a b; echo $@
      miss     sh: f() { echo $@; }; f a

      row      spelling
      in       expansion
      pattern  \\$<
      unless   \\bset\\s+(--|[^-+\\s])|\\w\\s*\\(\\s*\\)|\\bfunction\\s
      says     names its needs or products as another tool does; write {needs[0]} for {0}
      also     {needs[0]} for {0}
      hit      sh: cp $< b.txt
      miss     sh: cp \\$< b.txt

      row      spelling
      in       expansion
      pattern  \\$\\^
      unless   \\bset\\s+(--|[^-+\\s])|\\w\\s*\\(\\s*\\)|\\bfunction\\s
      says     names its needs or products as another tool does; write {needs} for {0}
      also     {needs} for {0}
      hit      sh: cat $^ > all.txt
      miss     sh: grep 'a$^' b.txt

      row      spelling
      in       expansion
      pattern  \\$(?:\\{(?=.*\\}))?(needs|inputs?|in|deps|dependencies|prerequisites)\\}?
      if       unset
      says     names its needs or products as another tool does; write {needs} for {0}
      also     {needs} for {0}
      hit      sh: cat ${input} > b.txt
      hit      sh: cat $in
      miss     sh: for in in *.txt; do cat $in; done
      miss     sh: cat $inside

      row      spelling
      in       expansion
      pattern  \\$(?:\\{(?=.*\\}))?(produces|outputs?|out|targets?)\\}?
      if       unset
      says     names its needs or products as another tool does; write {produces} for {0}
      also     {produces} for {0}
      hit      sh: cat a.txt > $output
      miss     sh: out=b.txt; cat a.txt > $out

      row      spelling
      in       expansion
      pattern  \\$\\((needs|inputs?|in|deps|dependencies|prerequisites)\\)
      if       no-program
      says     names its needs or products as another tool does; write {needs} for {0}
      also     {needs} for {0}
      hit      sh: cat $(needs) > b.txt
      miss     sh: needs() { echo a; }; cat $(needs)

      row      spelling
      in       expansion
      pattern  \\$\\((produces|outputs?|out|targets?)\\)
      if       no-program
      says     names its needs or products as another tool does; write {produces} for {0}
      also     {produces} for {0}
      hit      sh: cat a.txt > $(out)
      miss     sh: cat a.txt > $(pwd)

      row      spelling
      in       word
      pattern  \\{(?:needs|produces)(?:\\.\\w+)?\\}
      says     names its needs or products as another tool does; write {0} for {{0}}
      also     {0} for {{0}}
      hit      sh: cat {needs} > b.txt
      miss     sh: cat {need}

      row      character
      in       odd
      pattern  \\S*(?<![^\\s=(])([\\u2018-\\u201f])\\S*
      says     has {0} in its command, and {1 code} is not a quote to a shell; write \" or ', or quote the word
      hit      sh: cp \u201ca.txt\u201d b.txt
      miss     sh: cp a\u201cb c

      row      character
      in       odd
      pattern  \\S*(?<![^\\s=(])([\\u2010-\\u2015\\u2212])[\\u2010-\\u2015\\u2212]*(?=[A-Za-z])\\S*
      says     has {0} in its command, and {1 code} is not the dash of an option; write -, or quote the word
      hit      sh: cp \u2013r a b
      miss     sh: echo a \u2013 b

      row      character
      in       odd
      pattern  \\S*([\\u00a0\\u2000-\\u200b\\u202f\\u205f\\u3000\\ufeff])\\S*
      says     has {0} in its command, and {1 code} is not a space to a shell; write a space, or quote the word
      hit      sh: cp\u00a0a.txt b.txt
      miss     sh: echo 'a\u00a0b' # c\u00a0d
      miss     sh: cat <<E\\na\u00a0b\\nE

      row      secret
      in       env
      pattern  (?s)((?!(?:[^=]*(?:[^A-Za-z0-9=]|[a-z0-9](?=[A-Z])))?(?i:FILE|PATH|DIR|ID|NAME|LENGTH|COUNT|URL)(?:=|$))(?:[^=]*(?:[^A-Za-z0-9=]|[a-z0-9](?=[A-Z])))?(?i:TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|KEY|APIKEY|CREDENTIALS)(?:(?:[^A-Za-z0-9=]|(?<=[a-z0-9])(?=[A-Z]))[^=]*)?)(?:=.*[^\\x00].*)?
      if       own
      says     has {1} in env, and torc records what env says; for a secret of the caller write {1}: {secret: true}
      also     {1}: {secret: true}
      hit      API_TOKEN=abc
      hit      apiKey
      miss     MONKEYS=3
      miss     SECRET_FILE=s

      row      windows
      in       env
      pattern  (?s)PATH=.*;.*
      says     sets PATH with ;, but : separates its folders
      hit      PATH=tools;/bin
      miss     PATH=tools:/bin

      row      windows
      in       bare
      pattern  (?:^|[;&|(\\n])\\s*(set\\s+\\w+=)\\S*
      says     runs {1}…, which sets no variable in a shell; write export NAME=VALUE
      hit      bash: set MODE=fast && ./run
      miss     bash: set -e; reset MODE=fast

      row      windows
      in       bare
      pattern  >\\s*(?:nul|NUL)(?![\\w./-])
      says     writes to a file nul; write > /dev/null
      hit      bash: ./run > nul
      miss     bash: ./run > nul.txt

      row      windows
      in       bare
      pattern  %([A-Za-z_]\\w{2,})%
      says     has {0}, a variable of another shell; write ${1}
      hit      bash: cp %HOME%/a b
      miss     bash: date +%Y%m%d; echo '%HOME%'

      row      windows
      in       bare
      pattern  (?<![^\\s=:>])(?:[A-Za-z]:\\\\)?(?:[\\w.-]+\\\\)+[A-Za-z][\\w.-]*
      says     has {0}, whose \\ a shell removes; write / in paths
      hit      bash: cc -c src\\main.c
      miss     bash: cp my\\ file.txt 'src\\main.c'; printf a\\\\n; find . -name a\\*

      row      windows
      in       bare
      pattern  \\bPATH=(?:[^\\s;]*;\\S*\\$\\{?PATH\\b|\\$\\{?PATH\\}?;\\S)
      says     sets PATH with ;, which ends a command; write : between folders
      hit      bash: export PATH=$PATH;bin
      miss     bash: PATH=bin:$PATH; ./run

      row      dialect
      in       bare
      shell    sh dash ash
      pattern  &>
      says     has &>, which {shell} reads as & and >, so the command runs in the background; write > FILE 2>&1, or shell: [bash, -e, -o, pipefail, -c]
      hit      sh: test &> report.txt
      miss     sh: test > report.txt 2>&1
      miss     bash: test &> report.txt

      row      dialect
      in       bare
      shell    sh dash ash
      pattern  (?<!\\$)(\\{(?!\\d*,\\d*\\})(?:[\\w-]+\\.\\.[\\w.-]+|[^{}\\s,;]*,[^{}\\s;]*)\\})
      says     has {1}, which only bash expands, and its shell is {shell}; write the words, or shell: [bash, -e, -o, pipefail, -c]
      hit      sh: touch f{1..3}
      hit      sh: mkdir -p out/{a,b}
      miss     sh: awk '{print $1,$2}' x; echo ${x}; { a; }
      miss     sh: grep -E a{2,3} x

      row      dialect
      in       expansion
      shell    sh dash ash
      pattern  (?s)\\$\\{?(RANDOM|SECONDS|UID|EUID|HOSTNAME|OSTYPE|PIPESTATUS|BASHPID|EPOCHSECONDS)(?:\\W.*)?
      if       unset
      says     has ${1}, which only bash sets, and its shell is {shell}; write shell: [bash, -e, -o, pipefail, -c]
      hit      sh: echo $RANDOM
      miss     sh: RANDOM=4; echo $RANDOM
      miss     bash: echo $RANDOM

      row      dialect
      in       bare
      shell    sh dash ash
      pattern  (?:^|[;&|(!\\n]|\\b(?:if|while|until|then|do|else|elif)\\b)\\s*\\[\\[\\s
      says     has [[, which only bash knows, so a condition is false under {shell}; write [ … ], or shell: [bash, -e, -o, pipefail, -c]
      hit      sh: if [[ $x == 1 ]]; then y; fi
      miss     sh: echo a[[b

      row      dialect
      in       bare
      shell    sh dash
      pattern  (?:^|[\\s;&|(!])\\[\\s[^;&|\\n]*\\s==\\s
      says     has == in [ ], which only bash knows, and its shell is {shell}; write =, or shell: [bash, -e, -o, pipefail, -c]
      hit      sh: if [ $x == 1 ]; then y; fi
      miss     sh: [ $x = 1 ] && y == z

      row      dialect
      in       bare
      shell    sh dash
      pattern  \\becho\\s+(-[nE]*e[neE]*)\\s
      says     has echo {1}, which only bash knows, and its shell is {shell}; write printf, or shell: [bash, -e, -o, pipefail, -c]
      hit      sh: echo -e a
      miss     sh: echo -n a

      row      dialect
      in       bare
      shell    sh dash
      pattern  \\$'
      says     has $'…', which only bash knows, and its shell is {shell}; write printf, or shell: [bash, -e, -o, pipefail, -c]
      hit      sh: x $'a'
      miss     sh: x 'a$'

      row      echo
      in       text
      shell    bash
      pattern  (?:^|[;&|(\\n]|\\b(?:then|do|else)\\b)\\s*echo\\s+(?:-n\\s+)?(?!-)[^;&|\\n"']*"[^"\\n]*(?<!\\\\)(\\\\[tn])[^"\\n]*"
      unless   xpg_echo
      says     prints {1} as two characters, since its shell is bash; write printf, or echo -e
      hit      bash: echo "a\\tb" > {x}
      miss     bash: echo -e "a\\tb"; printf "a\\tb"
      miss     sh: echo "a\\tb"
      miss     bash: echo a | sed "s/\\t/ /"

      row      task
      in       bare
      pattern  ^\\s*((?:set|shopt|\\.|source)\\s[^;&|\\n]*?)\\s*$
      if       several
      says     has a task that only runs {1}, and each task has a shell of its own; write it in each task, or all lines in one command
      hit      bash: source env.sh
      hit      sh: set -x
      miss     bash: . env.sh; ./run

      # After a failure: the first row that matches a line says what to do.

      row      pipe-ended
      in       log
      pattern  ^exit 141\\b
      command  (?<!\\|)\\|(?!\\|)
      if       pipefail
      says     has a pipe whose reader ended early, as head does, and pipefail makes that a failure; write { COMMAND || true; } before the |, or set shell: [bash, -e, -c]
      hit      exit 141
      miss     exit 14

      row      conda
      in       log
      pattern  (?i)^(?:conda|(?:micro)?mamba)|\\b(?:conda|(?:micro)?mamba): (?:(?:command )?not found|no such program)|\\b(?:conda|mamba) init\\b
      command  \\b(?:conda|mamba|micromamba)\\s+(?:de)?activate\\b
      says     uses conda, which is not set up in its shell, {shell} -c; write conda run -n ENV COMMAND, or begin with eval "$(conda shell.posix hook)"
      hit      sh: 1: conda: not found
      hit      CondaError: Run 'conda init' before 'conda activate'
      miss     solved by conda

      row      conda-missing
      in       log
      pattern  (?i)^(?:conda|(?:micro)?mamba)|\\b(?:conda|mamba) init\\b
      hit      run conda init first
      miss     initialized

      row      module
      in       log
      pattern  \\bmodule: (?:command not found|not found|no such program)
      says     uses module, which only login shells have, and its shell is {shell} -c; write shell: [bash, -l, -e, -o, pipefail, -c]
      hit      bash: line 1: module: command not found
      miss     cannot find module: x

      row      source
      in       log
      shell    sh dash ash
      pattern  \\bsource: (?:command not found|not found|no such program)
      says     uses source, a word of bash, and its shell is {shell}; write . ./FILE, or shell: [bash, -e, -o, pipefail, -c]
      hit      sh: 1: source: not found
      miss     no source found

      row      bash
      in       log
      shell    sh dash ash
      pattern  \\b(?:pushd|popd|shopt|declare|typeset|let|mapfile|readarray|function): not found|\\[\\[: not found|Bad substitution|Illegal option -o pipefail|"\\(" unexpected|redirection unexpected
      says     uses the grammar of bash, and its shell is {shell}; write shell: [bash, -e, -o, pipefail, -c]
      hit      sh: 1: [[: not found
      hit      sh: 2: Bad substitution
      miss     outlet: not found

      row      input
      in       log
      pattern  (?i)EOF when reading|not a tty\\b|\\b(?:stdin|standard input) is not a terminal|terminal is required to|no tty present
      if       closed
      says     may have asked for input, which jobs do not get; see interactive: true
      hit      EOFError: EOF when reading a line
      miss     EOF: done reading

      row      input
      in       failed
      pattern  (?:^|[;&|(]\\s*|\\n\\s*)read\\b(?!\\s*\\()
      unless   \\b(?:while|until)\\b|<|\\|\\s*read\\b
      if       closed
      says     may have asked for input, which jobs do not get; see interactive: true
      hit      sh: printf "Name? "; read a
      miss     sh: while read a; do echo $a; done
      miss     sh: echo read

      row      mkdir
      in       log
      pattern  \\bmkdir: (?:cannot create directory )?.*File exists
      says     runs mkdir for a folder that exists; torc makes the folders of products: write mkdir -p
      hit      mkdir: cannot create directory \u2018dist\u2019: File exists
      hit      mkdir: dist: File exists
      miss     mkdir: dist: Permission denied

      row      minus
      in       failed
      pattern  ^-
      says     begins its command with -, which the shell takes for an option; to ignore a failure, write COMMAND || true
      hit      sh: -rm a.txt
      miss     sh: rm -f a.txt
      """;
}
