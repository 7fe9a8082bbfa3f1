package dev.torc.core.run;

import dev.torc.base.digests.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A job of a random project: what the build file says of it, and the function that it computes. The
 * stub that runs in torc and the oracle share this function and nothing else.
 *
 * @param index a job needs products of jobs with smaller indices only
 * @param cut whether different inputs often give the same bytes
 * @param variable whether the caller's value of {@link #VARIABLE} counts
 * @param needs as in the build file
 * @param produces as in the build file
 * @param group the group whose instance it is, null for a plain job
 * @param values the values of an instance, by parameter
 * @param words the end of the command, after the words that all jobs have
 */
record Spec(
    String name,
    int index,
    int version,
    boolean cut,
    boolean fails,
    boolean always,
    boolean temporary,
    boolean depfile,
    boolean variable,
    List<String> needs,
    List<Integer> after,
    List<String> produces,
    String group,
    SortedMap<String, String> values,
    String words)
    implements Oracle.Unit {

  /** Names the variable that jobs take from the caller. */
  static final String VARIABLE = "RANDOM_WALK";

  /** A plain job. */
  Spec(
      int index,
      int version,
      boolean cut,
      boolean fails,
      boolean always,
      boolean temporary,
      boolean depfile,
      boolean variable,
      List<String> needs,
      List<Integer> after,
      List<String> produces) {
    this(
        "j" + index,
        index,
        version,
        cut,
        fails,
        always,
        temporary,
        depfile,
        variable,
        needs,
        after,
        produces,
        null,
        new TreeMap<>(),
        fails ? " fail" : "");
  }

  @Override
  public List<Spec> expand(Oracle oracle) {
    return List.of(this);
  }

  /** Whether torc deletes the products once they were read: {@code temporary: delete}. */
  boolean deletes() {
    return temporary && index % 2 == 1;
  }

  String command() {
    return "work v" + version + (cut ? " cut" : "") + words;
  }

  /** Whether a trace tells the file that the job finds, in the place of a depfile. */
  boolean traced() {
    return depfile && index % 2 == 1;
  }

  String depfilePath() {
    return name() + ".d";
  }

  /** The job as a line of YAML. */
  String yaml() {
    List<String> needed = new ArrayList<>();
    needs.forEach(n -> needed.add(n.startsWith("{") ? n : "'" + n + "'"));
    return "%s: { command: %s, needs: %s, after: %s, produces: %s, always: %s, temporary: %s%s%s }"
        .formatted(
            name(),
            command(),
            needed,
            after.stream().map(i -> "j" + i).toList(),
            produces.stream().map(p -> "'" + p + "'").toList(),
            always,
            deletes() ? "delete" : temporary,
            traced() ? ", trace: true" : depfile ? ", depfile: " + depfilePath() : "",
            variable ? ", env: { " + VARIABLE + ": }" : "");
  }

  /** The file that a job with a depfile or a trace finds that it needs too. */
  String finds(SortedMap<String, String> inputs) {
    return "h" + Character.digit(digest(command(), inputs).charAt(0), 16) % 2;
  }

  /** The value that the job stores. */
  String stores(SortedMap<String, String> inputs) {
    return "" + Character.digit(digest(command(), inputs).charAt(2), 16) % 2;
  }

  /**
   * The files that the job makes.
   *
   * @param inputs texts by path, those of found files included, and values by other names
   */
  SortedMap<String, String> makes(SortedMap<String, String> inputs) {
    String digest = digest(command(), inputs);
    int number = Character.digit(digest.charAt(1), 16);
    String text = cut ? "" + number % 2 : digest;
    int many = 1 + (cut ? number % 2 : number % 3);
    SortedMap<String, String> files = new TreeMap<>();
    for (String product : produces) {
      if (product.endsWith("/")) {
        for (int i = 0; i < many; i++) {
          files.put(product + "f" + i, product + i + text);
        }
      } else if (product.contains("*")) {
        for (int i = 0; i < many; i++) {
          files.put(product.replace("*", "" + i), product + i + text);
        }
      } else if (product.endsWith(".lines")) {
        files.put(product, lines(cut ? 2 + number % 2 : number));
      } else {
        files.put(product, product + text);
      }
    }
    return files;
  }

  /** Some of three values in some order. */
  private static String lines(int number) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 3; i++) {
      String value = "abc".substring(number < 8 ? i : 2 - i).substring(0, 1);
      lines.append((number >> i) % 2 == 1 ? value + "\n" : "");
    }
    return lines.toString();
  }

  /** What the job has written when it fails or is ended: its first file. */
  SortedMap<String, String> begins(SortedMap<String, String> inputs) {
    SortedMap<String, String> all = makes(inputs);
    return all.isEmpty() ? all : new TreeMap<>(Map.of(all.firstKey(), all.get(all.firstKey())));
  }

  private static String digest(String command, SortedMap<String, String> inputs) {
    List<String> lines = new ArrayList<>(List.of(command));
    inputs.forEach((path, text) -> lines.add(path + "=" + text));
    return Digest.ofText(String.join("\n", lines)).hex().substring(0, 8);
  }
}
