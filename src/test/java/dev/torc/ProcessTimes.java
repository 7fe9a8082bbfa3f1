package dev.torc;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The CPU of processes by the test class that they serve: the class in whose temporary folder the
 * process works, or whose folder its arguments or its environment name. It looks at /proc four
 * times a second, in unit tests once, so a process that lives shorter is missing, and of others
 * their last moment, unless the parent, which counts its ended children, serves the class too.
 * Without /proc there are no figures.
 */
final class ProcessTimes {

  private static final Path PROC = Path.of("/proc");

  /** Unit tests start few processes that live long. */
  private static final long PERIOD_MS = System.getProperty("torc.home") == null ? 1000 : 250;

  /** Looks after which a process of no class is left alone: until then it may yet begin to work. */
  private static final int TRIES = 3;

  private static final double TICKS = 100; // per second, in all of Linux's /proc

  /** How the names of folders of classes begin; a random number follows. */
  static final String PREFIX = "junit-";

  private static final Pattern NAME = Pattern.compile(PREFIX + "\\d+");

  private final Map<String, String> folders = new ConcurrentHashMap<>(); // by their names
  private final Map<String, Long> sums = new HashMap<>();
  private Map<Integer, Seen> seen = Map.of();

  /** A process at the last look at it: its ticks are its own and those of its ended children. */
  private record Seen(int parent, long ticks, String test, int tries) {}

  /** Notes that a folder is a class's. */
  void belongs(Path folder, String test) {
    folders.put(folder.getFileName().toString(), test);
  }

  /** Looks until it is interrupted. */
  void run() {
    try {
      while (Files.isDirectory(PROC.resolve("self"))) {
        look();
        TimeUnit.MILLISECONDS.sleep(PERIOD_MS);
      }
    } catch (InterruptedException e) {
      look();
    }
  }

  private synchronized void look() {
    Map<Integer, Seen> now = new HashMap<>();
    String[] names = PROC.toFile().list();
    for (String name : names == null ? new String[0] : names) {
      if (Character.isDigit(name.charAt(0))) {
        Integer pid = Integer.valueOf(name);
        Seen was = seen.get(pid);
        try {
          now.put(
              pid, was != null && was.test == null && was.tries > TRIES ? was : seen(name, was));
        } catch (IOException e) {
          continue; // it has ended
        }
      }
    }
    for (Map.Entry<Integer, Seen> each : seen.entrySet()) {
      Seen was = each.getValue();
      Seen parent = now.get(was.parent);
      if (!now.containsKey(each.getKey()) && parent != null && parent.test != null) {
        count(was.test, -was.ticks); // from now on its parent counts it
      }
    }
    seen = now;
  }

  private Seen seen(String name, Seen was) throws IOException {
    String[] stat = stat(name);
    String test = was == null || was.test == null ? test(PROC.resolve(name)) : was.test;
    long ticks = ticks(stat);
    count(test, ticks - (was == null || was.test == null ? 0 : was.ticks));
    return new Seen(Integer.parseInt(stat[1]), ticks, test, was == null ? 0 : was.tries + 1);
  }

  private void count(String test, long ticks) {
    if (test != null) {
      sums.merge(test, ticks, Long::sum);
    }
  }

  /** Returns the class of a process, null if it has none. Most are told by their folder alone. */
  private String test(Path process) throws IOException {
    String test = named(Files.readSymbolicLink(process.resolve("cwd")).toString());
    for (String file : List.of("cmdline", "environ")) {
      if (test == null) {
        byte[] bytes = Files.readAllBytes(process.resolve(file));
        test = named(new String(bytes, StandardCharsets.ISO_8859_1));
      }
    }
    return test;
  }

  /** Returns the class whose folder a text names, null if it names none. */
  private String named(String text) {
    for (Matcher name = NAME.matcher(text); name.find(); ) {
      String test = folders.get(name.group());
      if (test != null) {
        return test;
      }
    }
    return null;
  }

  /** The fields of a process behind its name, which may hold any character. */
  private static String[] stat(String process) throws IOException {
    String text = Files.readString(PROC.resolve(process).resolve("stat"));
    return text.substring(text.lastIndexOf(')') + 2).split(" ", 16);
  }

  private static long ticks(String[] stat) {
    return Arrays.stream(stat, 11, 15).mapToLong(Long::parseLong).sum();
  }

  /** The seconds of each class up to now. */
  synchronized Map<String, Double> seconds() {
    Map<String, Double> seconds = new HashMap<>();
    sums.forEach((test, ticks) -> seconds.put(test, ticks / TICKS));
    return seconds;
  }

  /** The seconds of this process and of its ended children. */
  static double ofAll() throws IOException {
    return Files.exists(PROC.resolve("self")) ? ticks(stat("self")) / TICKS : 0;
  }
}
