package dev.torc.features.memo;

import dev.torc.base.posix.FileStatus;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Names of files and the lines that {@code stat --printf '%d %i %s %f %.9Y %.9Z\n'} prints for
 * them. It writes bytes in loops of its own: a call that leaves a memo runs this code for the first
 * time, and with texts the JVM would interpret and compile some fifty more methods.
 */
final class StatusLines {

  /** The most bytes of a line. */
  private static final int LONGEST = 160;

  private static final long SECOND = 1_000_000_000;

  private byte[] names = new byte[1 << 15];
  private int namesEnd;
  private byte[] lines = new byte[1 << 16];
  private int end;

  void add(String name, FileStatus of) {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    if (names.length - namesEnd <= text.length) {
      names = Arrays.copyOf(names, 2 * names.length + text.length);
    }
    System.arraycopy(text, 0, names, namesEnd, text.length);
    namesEnd += text.length + 1; // the byte after a name is 0
    if (lines.length - end < LONGEST) {
      lines = Arrays.copyOf(lines, 2 * lines.length);
    }
    unsigned(of.device());
    lines[end++] = ' ';
    unsigned(of.inode());
    lines[end++] = ' ';
    digits(of.size(), 10);
    lines[end++] = ' ';
    digits(of.mode(), 16);
    time(of.mtime());
    time(of.ctime());
    lines[end++] = '\n';
  }

  /** Returns the names, each with a NUL behind it. */
  byte[] names() {
    return Arrays.copyOf(names, namesEnd);
  }

  byte[] lines() {
    return Arrays.copyOf(lines, end);
  }

  private void unsigned(long number) {
    if (number < 0) { // as some file systems in user space number their files
      digits(Long.divideUnsigned(number, 10), 10);
      number = Long.remainderUnsigned(number, 10);
    }
    digits(number, 10);
  }

  private void time(long nanos) {
    lines[end++] = ' ';
    if (nanos < 0) {
      lines[end++] = '-';
    }
    digits(Math.abs(nanos / SECOND), 10);
    int point = end;
    digits(SECOND + Math.abs(nanos % SECOND), 10);
    lines[point] = '.'; // in place of the 1 that keeps the zeros
  }

  private void digits(long number, int base) {
    int length = 1;
    for (long rest = number; rest >= base; rest /= base) {
      length++;
    }
    end += length;
    int at = end;
    do {
      int digit = (int) (number % base);
      lines[--at] = (byte) (digit < 10 ? '0' + digit : 'a' + digit - 10);
      number /= base;
    } while (number > 0);
  }
}
