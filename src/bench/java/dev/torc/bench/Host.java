package dev.torc.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the figures depend on: the machine, by kind and never by name, its load, and the versions of
 * the tools.
 */
final class Host {

  private Host() {}

  /**
   * Facts by their titles.
   *
   * @param work the folder of the builds
   */
  static SequencedMap<String, String> facts(Path work) throws IOException {
    SequencedMap<String, String> facts = new LinkedHashMap<>();
    facts.put("cores", String.valueOf(Runtime.getRuntime().availableProcessors()));
    facts.put("processor", first("/proc/cpuinfo", "model name\\s*: (.*)"));
    long kib = Long.parseLong(first("/proc/meminfo", "MemTotal:\\s*(\\d+).*"));
    facts.put("memory", "%.1f GiB".formatted(kib / 1048576.0));
    facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.put("file system", Files.getFileStore(work).type());
    facts.put("Java", System.getProperty("java.vm.name") + " " + Runtime.version());
    facts.put("load before (1, 5, 15 minutes)", load());
    return facts;
  }

  /** Three load averages. */
  static String load() throws IOException {
    String[] words = Files.readString(Path.of("/proc/loadavg")).split(" ");
    return String.join(", ", words[0], words[1], words[2]);
  }

  /** The first number with a point in what a program prints with the option; else "unknown". */
  static String version(String program, String option) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(List.of(program, option)).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    Matcher number = Pattern.compile("\\d+(\\.\\d+)+").matcher(said);
    return number.find() ? number.group() : "unknown";
  }

  private static String first(String file, String pattern) throws IOException {
    Matcher line =
        Pattern.compile("(?m)^" + pattern + "$").matcher(Files.readString(Path.of(file)));
    return line.find() ? line.group(1).strip() : "unknown";
  }
}
