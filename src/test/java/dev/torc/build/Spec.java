package dev.torc.build;

import dev.torc.hash.Digest;
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
 * @param needs as in the build file
 * @param produces as in the build file
 */
record Spec(
    int index,
    int version,
    boolean cut,
    boolean fails,
    boolean always,
    boolean temporary,
    boolean depfile,
    List<String> needs,
    List<Integer> after,
    List<String> produces) {

  String name() {
    return "j" + index;
  }

  String command() {
    return "work v" + version + (cut ? " cut" : "") + (fails ? " fail" : "");
  }

  String depfilePath() {
    return name() + ".d";
  }

  /** The job as a line of YAML. */
  String yaml() {
    List<String> needed = needs.stream().map(n -> n.startsWith("{") ? n : "'" + n + "'").toList();
    return "%s: { command: %s, needs: %s, after: %s, produces: %s, always: %s, temporary: %s%s }"
        .formatted(
            name(),
            command(),
            needed,
            after.stream().map(i -> "j" + i).toList(),
            produces.stream().map(p -> "'" + p + "'").toList(),
            always,
            temporary,
            depfile ? ", depfile: " + depfilePath() : "");
  }

  /** Which file a job with a depfile finds that it needs too. */
  String finds(SortedMap<String, String> inputs) {
    return "h" + Character.digit(digest(command(), inputs).charAt(0), 16) % 2;
  }

  /**
   * The files that the job makes.
   *
   * @param inputs contents by path, those that it found included
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
      } else {
        files.put(product, product + text);
      }
    }
    return files;
  }

  /** What it has written when it fails or is ended: the first file. */
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
