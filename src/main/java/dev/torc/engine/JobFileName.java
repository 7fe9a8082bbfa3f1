package dev.torc.engine;

import dev.torc.hash.Digest;
import java.nio.charset.StandardCharsets;

/**
 * A name for a file that belongs to a job, whatever characters the job's own name has: letters,
 * digits and a few signs stay, all else is %-encoded, and long names end in a digest.
 */
final class JobFileName {

  private static final int LONGEST = 150;

  /** Of a part behind a job's name: both, a sign and an ending are no more than 255 bytes. */
  private static final int LONGEST_PART = 60;

  private static final String HEX = "0123456789ABCDEF";

  private JobFileName() {}

  /** The file name of a job; different jobs have different ones. */
  public static String of(String job) {
    return of(job, LONGEST);
  }

  /** The name of a file that belongs to a part of a job, such as a named need. */
  static String of(String job, String part) {
    return of(job) + "@" + of(part, LONGEST_PART); // a sign that no name of a job keeps
  }

  private static String of(String job, int longest) {
    if (isPlain(job) && job.length() <= longest) {
      return job;
    }
    StringBuilder name = new StringBuilder();
    for (byte b : job.getBytes(StandardCharsets.UTF_8)) {
      if (isPlain((char) b) || b == '.' && !name.isEmpty()) {
        name.append((char) b);
      } else {
        name.append('%').append(HEX.charAt(b >> 4 & 15)).append(HEX.charAt(b & 15));
      }
    }
    if (name.length() > longest) {
      name.setLength(longest);
      name.append('~').append(Digest.ofText(job).hex(), 0, 16);
    }
    String file = name.toString();
    return file.equals("hooks") ? "%68ooks" : file; // hooks.log is that of the hooks
  }

  /** Nearly every name is one for a file already. */
  private static boolean isPlain(String job) {
    for (int i = 0; i < job.length(); i++) {
      if (!isPlain(job.charAt(i)) && (i == 0 || job.charAt(i) != '.')) {
        return false;
      }
    }
    return !job.isEmpty() && !job.equals("hooks");
  }

  private static boolean isPlain(char c) {
    return c < 128 && Character.isLetterOrDigit(c) || "_-=,+".indexOf(c) >= 0;
  }
}
