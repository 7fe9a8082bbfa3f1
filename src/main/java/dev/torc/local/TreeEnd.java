package dev.torc.local;

import dev.torc.posix.Kill;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Ends some processes once (rule 11): a signal to those that exist now, TERM to the same after half
 * of the grace, KILL to all at its end. Processes that start later, from a trap or a handler, are
 * left alone until KILL. To know which exist, it stops them before it signals any. It does not find
 * processes: {@link ProcessTree} does.
 *
 * @param client whether the client of a container is among them, which passes its signal on
 * @param grace nanoseconds from the first signal to KILL
 * @param hurry asked again and again; true skips the rest of the grace
 */
record TreeEnd(
    Supplier<List<ProcessTable.Entry>> living,
    boolean client,
    int signal,
    long grace,
    BooleanSupplier hurry) {

  /** Nanoseconds after which a process that KILL does not end is given up. */
  static final long GIVE_UP = Duration.ofSeconds(10).toNanos();

  private static final long MILLISECOND = 1_000_000;

  private static final int MOST = 1 << 16;

  private static final Pattern TRAP =
      Pattern.compile("(?is)\\btrap\\b.*?(\\b(sig)?int\\b|\\s2(?=\\s|;|$))");

  /** Options of bash whose next word is not the script. */
  private static final Pattern VALUED = Pattern.compile("[-+][a-zA-Z]*[oO]|--(rcfile|init-file)");

  /** Ends the processes; returns those that did not die even by KILL, normally none. */
  List<Integer> run() {
    long start = System.nanoTime();
    Collection<ProcessTable.Entry> told = stop(living);
    if (told.isEmpty()) {
      return List.of();
    }
    told.forEach(process -> send(process, firstSignal(process.pid())));
    resume(told);
    boolean again = signal == Kill.TERM;
    int none = 0; // looks in a row that found nothing
    for (long pause = 2; ; pause = Math.min(50, pause * 2)) {
      LockSupport.parkNanos(pause * MILLISECOND);
      List<ProcessTable.Entry> alive = living.get();
      none = alive.isEmpty() ? none + 1 : 0;
      long passed = System.nanoTime() - start;
      if (none == 2 || passed >= grace + GIVE_UP) {
        return alive.stream().map(ProcessTable.Entry::pid).toList();
      } else if (passed >= grace || hurry.getAsBoolean()) {
        alive.forEach(process -> send(process, Kill.KILL));
      } else if (!again && passed >= grace / 2) {
        told.forEach(process -> send(process, Kill.TERM));
        resume(told); // the user may have stopped one
        again = true;
      }
    }
  }

  /**
   * Stops processes until none runs that could start another one unseen, and returns them. Two
   * looks in a row must find no new one: during an exec a process may have no environment.
   */
  static Collection<ProcessTable.Entry> stop(Supplier<List<ProcessTable.Entry>> living) {
    Map<Long, ProcessTable.Entry> all = new LinkedHashMap<>();
    for (int looks = 0; looks < 2; looks++) {
      if (looks > 0) {
        LockSupport.parkNanos(2 * MILLISECOND);
      }
      for (ProcessTable.Entry process : living.get()) {
        if (all.putIfAbsent(process.id(), process) == null) {
          if (process.exists()) {
            Kill.process(process.pid(), Kill.STOP);
          }
          looks = -1;
        }
      }
    }
    return all.values();
  }

  /**
   * Continues processes, the youngest first: if a parent ended while a child is stopped, the kernel
   * would hang up the child's group.
   */
  static void resume(Collection<ProcessTable.Entry> stopped) {
    stopped.stream().sorted(youngestFirst()).forEach(process -> send(process, Kill.CONT));
  }

  private static void send(ProcessTable.Entry process, int number) {
    if (number != 0 && process.exists()) {
      Kill.process(process.pid(), number);
    }
  }

  /** Returns the first signal for a process: TERM if it ignored its own; 0 for none. */
  private int firstSignal(int pid) {
    if (client && ProcessTable.isFirst(pid)) {
      return 0; // the client sends it the same signal
    }
    boolean deaf =
        ProcessTable.ignores(pid, signal) || signal == Kill.INT && continuesAfterInt(pid);
    return deaf ? Kill.TERM : signal;
  }

  /**
   * Returns whether a process is bash without a trap for INT: if the program that it waits for
   * handles INT and exits, it continues with the next command. The kernel shows the same handler
   * with and without a trap, so the script has to tell. Other shells end.
   */
  private static boolean continuesAfterInt(int pid) {
    try {
      Path program = Files.readSymbolicLink(Path.of("/proc/" + pid + "/exe"));
      return program.toString().matches(".*/bash( \\(deleted\\))?")
          && !TRAP.matcher(script(pid)).find();
    } catch (IOException unreadable) {
      return false;
    }
  }

  /** Returns the script that a bash runs; empty if that cannot be found out. */
  private static String script(int pid) {
    Iterator<String> words = ProcessTable.arguments(pid).stream().skip(1).iterator();
    boolean text = false;
    String word = "";
    while (words.hasNext() && (word = words.next()).matches("[-+].+")) {
      text |= word.matches("-[a-zA-Z]*c[a-zA-Z]*");
      if (VALUED.matcher(word).matches() && words.hasNext()) {
        words.next();
      }
      word = "";
    }
    if (text || word.isEmpty()) {
      return word;
    }
    String place = "/proc/" + pid + (word.startsWith("/") ? "/root" : "/cwd/") + word;
    try (InputStream in = Files.newInputStream(Path.of(place))) {
      return new String(in.readNBytes(MOST), StandardCharsets.ISO_8859_1);
    } catch (IOException unreadable) {
      return "";
    }
  }

  /** Returns the order of ends, made only when a tree ends: its lambdas would slow each start. */
  private static Comparator<ProcessTable.Entry> youngestFirst() {
    return Comparator.comparing(ProcessTable.Entry::start)
        .thenComparing(ProcessTable.Entry::pid)
        .reversed();
  }
}
