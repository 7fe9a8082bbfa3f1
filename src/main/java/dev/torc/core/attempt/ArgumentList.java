package dev.torc.core.attempt;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Checks the length of a command. Linux allows 128 KiB for one word or variable with its terminator
 * ({@code MAX_ARG_STRLEN}), and 2 MiB for all of them with their pointers (a quarter of the usual
 * stack). The system's own message about a longer command does not say what to do.
 */
final class ArgumentList {

  private static final int ONE = 128 << 10;
  private static final int ALL = 2 << 20;
  private static final int POINTER = 8;
  private static final String WAY =
      "read paths from the file $TORC_NEEDS, not {needs}; put other text into a script";

  private final Map<String, Long> caller = new HashMap<>();
  private final long ofCaller;

  ArgumentList(Map<String, String> caller) {
    caller.forEach((name, value) -> this.caller.put(name, size(bytes(name) + bytes(value))));
    this.ofCaller = this.caller.values().stream().mapToLong(size -> size).sum();
  }

  /**
   * Throws an {@link AttemptFailure} if a command or its environment is too long. {@code env} is
   * added to the caller's environment; a null value removes an entry.
   */
  void check(List<String> argv, Map<String, String> env) {
    long all = ofCaller;
    for (String word : argv) {
      all += one(bytes(word), "the command");
    }
    for (Map.Entry<String, String> entry : env.entrySet()) {
      all -= caller.getOrDefault(entry.getKey(), 0L);
      if (entry.getValue() != null) {
        all += one(bytes(entry.getKey()) + bytes(entry.getValue()), "env " + entry.getKey());
      }
    }
    if (all > ALL) {
      throw tooLong("the command", all, "2 MiB in all");
    }
  }

  private static long one(long length, String what) {
    if (length + 1 > ONE) {
      throw tooLong(what, length, "128 KiB for one word");
    }
    return size(length);
  }

  private static long size(long length) {
    return length + 1 + POINTER;
  }

  private static AttemptFailure tooLong(String what, long length, String limit) {
    String way = what.startsWith("env ") ? "write it to a file" : WAY;
    return new AttemptFailure(
        "%s is %d bytes long, and the system takes %s; %s".formatted(what, length, limit, way));
  }

  private static long bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
