package dev.torc.base.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.StringTokenizer;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Finds command texts that mean the same without their shell, so that no shell has to be started,
 * which takes nearly half of a short job's time. When in doubt, a text is not plain. In a plain
 * text, no shell treats any character in a special way, and the first word is not a keyword,
 * builtin or predefined alias or function of sh, bash, dash, ksh or zsh: builtins can differ from
 * the programs of the same name ({@code echo 'a\nb'} prints two lines in dash, one with /bin/echo),
 * and some have none (cd). It does not look for the program.
 */
public final class PlainWords {

  private static final Pattern LETTERS = Pattern.compile("-[ceufo]+");

  /** The {@code -o} options that do not change how plain words run or what is printed. */
  private static final Set<String> OPTIONS =
      Set.of("errexit", "nounset", "pipefail", "noglob", "noclobber");

  private static final Set<String> NAMES =
      Set.of(
          """
          . : alias alloc autoload bg bind bindkey break builtin bye caller cap case cat cd chdir
          clone command compadd comparguments compcall compctl compdescribe compfiles compgen
          compgroups complete compopt compound compquote compset comptags comptry compvalues
          continue coproc declare dirs disable disown do done echo echotc echoti elif else emulate
          enable end enum esac eval exec exit export false fc fg fi float for foreach function
          functions getcap getconf getln getopts global hash help hist history if in integer jobs
          kill let limit local log login logout mapfile mknod nameref namespace newgrp nocorrect
          noglob nohup pcre_compile pcre_match popd print printf private pushd pushln pwd r read
          readarray readonly realpath redirect rehash rename repeat return sched select set setcap
          setopt shift shopt sleep source stat stop strftime suspend sysopen sysread sysseek syswrite
          syserror tcgetattr test then time times trap true ttyctl type typeset ulimit umask unalias
          unfunction unhash unlimit unset unsetopt until vared vmstate wait whence where which while
          zcompile zcurses zdelattr zformat zftp zgdbmpath zgetattr zlistattr zle zmodload zparseopts
          zprof zpty zregexparse zselect zsetattr zsocket zstat zstyle zsystem zsync zf_chgrp
          zf_chmod zf_chown zf_ln zf_mkdir zf_mv zf_rm zf_rmdir zf_sync
          """
              .split("\\s+"));

  private PlainWords() {}

  /**
   * Returns the words to execute instead of {@code shell... text}; empty if the shell is needed.
   *
   * @param shell the shell and its options, the last of which takes the text ({@code -c})
   * @param isSet whether the job's environment has a variable: {@code BASH_ENV} names a file that
   *     bash reads first, and {@code BASH_FUNC_name%%} a function that hides the program
   */
  public static Optional<List<String>> of(
      List<String> shell, String text, Predicate<String> isSet) {
    if (!isKnown(shell) || isSet.test("BASH_ENV") || isSet.test("ENV")) {
      return Optional.empty();
    }
    List<String> words = new ArrayList<>();
    for (StringTokenizer all = new StringTokenizer(text, " \t"); all.hasMoreTokens(); ) {
      String word = all.nextToken();
      if (words.isEmpty() ? !isProgram(word) : !Quoting.isPlainArgument(word)) {
        return Optional.empty();
      }
      words.add(word);
    }
    boolean plain =
        !words.isEmpty()
            && !NAMES.contains(words.get(0))
            && !isSet.test("BASH_FUNC_" + words.get(0) + "%%");
    return plain ? Optional.of(List.copyOf(words)) : Optional.empty();
  }

  /**
   * Returns whether a word is plain as the first one: without {@code =} (assignments, and in zsh
   * paths of commands), and beginning with a letter, a digit or one of {@code _ . /}.
   */
  private static boolean isProgram(String word) {
    return "+-%@:".indexOf(word.charAt(0)) < 0 && Quoting.isPlain(word);
  }

  private static boolean isKnown(List<String> shell) {
    if (shell.isEmpty()) {
      return false;
    }
    String name = shell.get(0).substring(shell.get(0).lastIndexOf('/') + 1);
    boolean takesText = false;
    boolean startupFiles = name.equals("zsh"); // unless -f; the others read none for -c
    for (int i = 1; i < shell.size(); i++) {
      String option = shell.get(i);
      if (takesText || !LETTERS.matcher(option).matches()) {
        return false; // -c comes last: what follows it would be the text
      }
      takesText = option.contains("c");
      startupFiles &= !option.contains("f");
      if (option.contains("o") && (++i == shell.size() || !OPTIONS.contains(shell.get(i)))) {
        return false;
      }
    }
    return Quoting.SHELLS.contains(name) && takesText && !startupFiles;
  }
}
