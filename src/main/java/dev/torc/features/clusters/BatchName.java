package dev.torc.features.clusters;

import dev.torc.base.digests.Digest;
import dev.torc.base.text.SafeText;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Names under which a scheduler shows batches and array tasks. A name begins with the job's own
 * group and values, for people; a mark behind it, which no other batch has, is for torc. All names
 * obey the strictest rules of known schedulers: a letter, then letters, digits and {@code _.-}.
 */
public final class BatchName {

  /** The placeholders in {@code job_name}. */
  public static final List<String> WORDS = List.of("user", "job");

  /** The fewest characters of a name: a letter, a hyphen and the mark. */
  public static final int SHORTEST = 12;

  private static final int LONGEST = 60;
  private static final int MARK = 10; // hex digits
  private static final int COMMENT = 1000; // bytes

  private static final Pattern KEY = Pattern.compile("(?<=[/,])[^/,=]*="); // of an instance
  private static final Pattern OTHER = Pattern.compile("(%[0-9A-F]{2}|[^A-Za-z0-9_.-])+");

  private BatchName() {}

  /**
   * Returns the name of a batch: that of its job, or of its groups if it has several jobs.
   *
   * @param pattern the setting {@code job_name}; empty for the job alone
   * @param unique a text that no other batch has
   */
  static String of(String pattern, List<String> jobs, String unique) {
    String job =
        jobs.size() == 1
            ? KEY.matcher(jobs.getFirst()).replaceAll("")
            : String.join("-", jobs.stream().map(each -> each.split("/")[0]).distinct().toList());
    Map<String, String> values = Map.of("job", job, "user", System.getProperty("user.name"));
    CommandTemplate template = new CommandTemplate(pattern.isEmpty() ? "{job}" : pattern);
    String shown = OTHER.matcher(template.with(values)).replaceAll("-");
    String name = shown.matches("[A-Za-z].*") ? shown : "job-" + shown;
    return cut(name + "-" + Digest.ofText(unique).hex().substring(0, MARK), LONGEST);
  }

  /** Returns a name of at most {@code length} characters, with the mark at its end. */
  static String cut(String name, int length) {
    int mark = Math.max(0, name.length() - MARK - 1);
    return name.length() <= length
        ? name
        : name.substring(0, length - MARK - 1) + name.substring(mark);
  }

  /** Returns the root and the whole names of some jobs, at most {@value #COMMENT} bytes. */
  static String comment(Path root, List<String> jobs) {
    String text = SafeText.line(root + ": " + String.join(" ", jobs));
    ByteBuffer bytes = ByteBuffer.allocate(COMMENT);
    StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text), bytes, true);
    return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
  }
}
