package dev.torc.core.here;

import dev.torc.base.machine.ProcessTable;
import dev.torc.base.machine.ProcessTable.Entry;
import dev.torc.base.posix.Io;
import dev.torc.base.posix.Kill;
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
 * Ends processes once (rule 11): sends a signal to those that exist now, TERM to the same ones
 * after half of the grace, and KILL to all at its end. Processes that start later, from a trap or a
 * handler, get no signal before KILL. It stops all processes before it signals any, so that it
 * knows which exist. {@link ProcessTree} finds the processes.
 *
 * @param client whether the client of a container is among them, which passes its signal on
 * @param grace nanoseconds from the first signal to KILL
 * @param hurry called repeatedly; if it returns true, the rest of the grace is skipped
 */
record EndSignals(
    Supplier<List<Entry>> living, boolean client, int signal, long grace, BooleanSupplier hurry) {

  /** Nanoseconds from the end of the grace until processes that survive KILL are given up. */
  static final long GIVE_UP = Duration.ofSeconds(10).toNanos();

  private static final long MILLISECOND = 1_000_000;

  private static final int MOST = 1 << 16;

  private static final Pattern TRAP =
      Pattern.compile("(?is)\\btrap\\b.*?(\\b(sig)?int\\b|\\s2(?=\\s|;|$))");

  /** Options of bash whose value is the next word. */
  private static final Pattern VALUED = Pattern.compile("[-+][a-zA-Z]*[oO]|--(rcfile|init-file)");

  /** Ends the processes; returns those that survived KILL, normally none. */
  List<Integer> run() {
    Collection<Entry> told = stop(living);
    if (told.isEmpty()) {
      return List.of();
    }
    told.forEach(process -> send(process, firstSignal(process.pid())));
    resume(told);
    long start = System.nanoTime(); // only now: the search takes nothing of the grace
    boolean again = signal == Kill.TERM;
    int none = 0; // how many reads in a row found no process
    for (long pause = 2; ; pause = Math.min(50, pause * 2)) {
      LockSupport.parkNanos(pause * MILLISECOND);
      List<Entry> alive = living.get();
      none = alive.isEmpty() ? none + 1 : 0;
      long passed = System.nanoTime() - start;
      if (none == 2 || passed >= grace + GIVE_UP) {
        return alive.stream().map(Entry::pid).toList();
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
   * Stops processes until none is running that could start another unseen; returns them. Two reads
   * in a row must find no new process: during an exec, a process may have no environment.
   */
  static Collection<Entry> stop(Supplier<List<Entry>> living) {
    Map<Long, Entry> all = new LinkedHashMap<>();
    for (int looks = 0; looks < 2; looks++) {
      if (looks > 0) {
        LockSupport.parkNanos(2 * MILLISECOND);
      }
      for (Entry process : living.get()) {
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
   * would send HUP to the child's group.
   */
  static void resume(Collection<Entry> stopped) {
    stopped.stream().sorted(youngestFirst()).forEach(process -> send(process, Kill.CONT));
  }

  private static void send(Entry process, int number) {
    if (number != 0 && process.exists()) {
      Kill.process(process.pid(), number);
    }
  }

  /** Returns the first signal for a process: TERM if it would ignore the usual one; 0 for none. */
  private int firstSignal(int pid) {
    if (client && ProcessTable.isFirst(pid)) {
      return 0; // the client passes it the same signal
    }
    boolean deaf =
        ProcessTable.ignores(pid, signal) || signal == Kill.INT && continuesAfterInt(pid);
    return deaf ? Kill.TERM : signal;
  }

  /**
   * Returns whether a process is a bash without a trap for INT. Unlike other shells, it continues
   * with the next command if the program that it waits for handles INT and exits. The kernel shows
   * the same handler with and without a trap, so the script is searched for one.
   */
  private static boolean continuesAfterInt(int pid) {
    String program =
        Io.or(() -> Files.readSymbolicLink(Path.of("/proc/" + pid + "/exe")).toString(), "");
    return program.matches(".*/bash( \\(deleted\\))?") && !TRAP.matcher(script(pid)).find();
  }

  /** Returns the script that a bash runs; empty if the script cannot be found. */
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

  /** Returns the order of {@link #resume}; as a constant, its lambdas would slow each start. */
  private static Comparator<Entry> youngestFirst() {
    return Comparator.comparing(Entry::start).thenComparing(Entry::pid).reversed();
  }
}
