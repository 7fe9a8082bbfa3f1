package dev.torc.base.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the variable {@code MAKEFLAGS} of a calling GNU make. Its first word has option letters
 * without a dash; then come other options, and then {@code --} and variables. A space within a word
 * follows a backslash. {@link Jobserver} uses the jobserver that the variable names.
 */
public final class Makeflags {

  private static final Pattern WORD = Pattern.compile("\\s*((?:\\\\.|[^\\s\\\\])+)");
  private static final Pattern JOBSERVER = Pattern.compile("--jobserver-(?:auth|fds)=(.*)");
  private static final Pattern JOBS =
      Pattern.compile("-j\\d*|--jobs(=\\d*)?|--jobserver-(auth|fds|style)=.*", Pattern.DOTALL);

  /** An n before any letter that takes an argument; after such a letter, an n is not an option. */
  private static final Pattern WITH_N = Pattern.compile("[^CEIOWfjlo]*n.*", Pattern.DOTALL);

  private Makeflags() {}

  /** Returns the jobserver's name, {@code fifo:PATH} or {@code R,W}, from the last such option. */
  static Optional<String> jobserver(String makeflags) {
    String last = null;
    for (String word : options(makeflags)) {
      Matcher jobserver = JOBSERVER.matcher(word.strip());
      if (jobserver.matches()) {
        last = jobserver.group(1).replaceAll("\\\\(.)", "$1").replace("$$", "$");
      }
    }
    return Optional.ofNullable(last);
  }

  /** Returns {@code MAKEFLAGS} without jobserver and {@code -j}, for the environment of jobs. */
  public static String withoutJobserver(String makeflags) {
    StringBuilder rest = new StringBuilder();
    List<String> options = options(makeflags);
    for (String word : options) {
      if (!JOBS.matcher(word.strip()).matches()) {
        rest.append(word);
      }
    }
    return rest + makeflags.substring(String.join("", options).length());
  }

  /** Returns whether make only prints what it would do ({@code make -n}). */
  public static boolean isDryRun(String makeflags) {
    boolean first = true;
    for (String blankAndWord : options(makeflags)) {
      String word = blankAndWord.strip();
      boolean letters =
          word.startsWith("-") ? !word.startsWith("--") : first && !word.contains("=");
      if (letters && WITH_N.matcher(word).matches()
          || List.of("--just-print", "--dry-run", "--recon").contains(word)) {
        return true;
      }
      first = false;
    }
    return false;
  }

  /** Returns the words before the variables, each with the spaces before it. */
  private static List<String> options(String makeflags) {
    List<String> words = new ArrayList<>();
    Matcher word = WORD.matcher(makeflags);
    while (word.lookingAt() && !word.group(1).equals("--")) {
      words.add(word.group());
      word.region(word.end(), makeflags.length());
    }
    return words;
  }
}
