package dev.torc.build;

import dev.torc.hash.Digest;
import java.nio.charset.StandardCharsets;

/**
 * A name for a file that belongs to a job, whatever characters the job's own name has: letters,
 * digits and a few signs stay, all else is %-encoded, and long names end in a digest.
 */
public final class FileName {

  private static final int LONGEST = 150;

  private FileName() {}

  /** The file name of a job; different jobs have different ones. */
  public static String of(String job) {
    StringBuilder name = new StringBuilder();
    for (byte b : job.getBytes(StandardCharsets.UTF_8)) {
      boolean plain =
          b >= 'a' && b <= 'z'
              || b >= 'A' && b <= 'Z'
              || b >= '0' && b <= '9'
              || b == '_'
              || b == '-'
              || b == '='
              || b == ','
              || b == '+'
              || (b == '.' && !name.isEmpty());
      if (plain) {
        name.append((char) b);
      } else {
        name.append('%').append(String.format("%02X", b & 0xff));
      }
    }
    if (name.length() > LONGEST) {
      name.setLength(LONGEST);
      name.append('~').append(Digest.ofText(job).hex(), 0, 16);
    }
    String file = name.toString();
    return file.equals("hooks") ? "%68ooks" : file; // hooks.log is that of the hooks
  }
}
