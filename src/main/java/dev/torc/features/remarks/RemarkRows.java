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
      #   says     the rest of a sentence that begins with the job; {0}, {1} … are the groups of the
      #            pattern, {1 code} is the code point of group 1, {shell} is the shell. Without it, the
      #            row keeps later rows from matching
      #   also     what is appended to the sentence of an earlier row of the same name
      #   hit      an example; in a command, its shell and a colon stand before it. RemarkTableTest tries
      #            all examples, and wants at least one hit and one miss of each row
      #   miss     an example in which the row finds nothing

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
      in       bare
      pattern  \\S*(?<![^\\s=(])([\\u2018-\\u201f])\\S*
      says     has {0} in its command, and {1 code} is not a quote to a shell; write \" or ', or quote the word
      hit      sh: cp \u201ca.txt\u201d b.txt
      miss     sh: cp a\u201cb c

      row      character
      in       bare
      pattern  \\S*(?<![^\\s=(])([\\u2010-\\u2015\\u2212])[\\u2010-\\u2015\\u2212]*(?=[A-Za-z])\\S*
      says     has {0} in its command, and {1 code} is not the dash of an option; write -, or quote the word
      hit      sh: cp \u2013r a b
      miss     sh: echo a \u2013 b

      row      character
      in       bare
      pattern  \\S*([\\u00a0\\u2000-\\u200b\\u202f\\u205f\\u3000\\ufeff])\\S*
      says     has {0} in its command, and {1 code} is not a space to a shell; write a space, or quote the word
      hit      sh: cp\u00a0a.txt b.txt
      miss     sh: echo 'a\u00a0b' # c\u00a0d
      miss     sh: cat <<E\\na\u00a0b\\nE

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

      row      minus
      in       failed
      pattern  ^-
      says     begins its command with -, which the shell takes for an option; to ignore a failure, write COMMAND || true
      hit      sh: -rm a.txt
      miss     sh: rm -f a.txt
      """;
}
