package dev.torc.base.machine;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The utilization and memory use of GPUs, as {@code nvidia-smi} reports them. The tool is started
 * once for cards and once for processes, and prints a line for each every two seconds; without the
 * tool, nothing is known. Utilization is known only for cards, which is enough because each card is
 * given to one job at a time. Memory is also known for processes, if the tool sees the same process
 * ids as torc.
 */
public final class GpuLoad implements AutoCloseable {

  private static final String CARDS = "--query-gpu=index,uuid,utilization.gpu,memory.used";
  private static final String PROCESSES = "--query-compute-apps=pid,gpu_uuid,used_memory";
  private static final List<String> FOREVER = List.of("--format=csv,noheader,nounits", "--loop=2");

  /** Nanoseconds until a report is ignored: the tool omits processes that freed their memory. */
  private static final long STALE = TimeUnit.SECONDS.toNanos(5);

  private static final long MIB = 1 << 20;

  /** The use of some GPUs: hundredths of a GPU, and bytes of memory; -1 if unknown. */
  public record Load(long busy, long memory) {

    static final Load UNKNOWN = new Load(-1, -1);

    Load plus(Load other) {
      return new Load(sum(busy, other.busy), sum(memory, other.memory));
    }

    private static long sum(long one, long other) {
      return one < 0 ? other : other < 0 ? one : one + other;
    }
  }

  private record Held(long bytes, long told) {}

  private final String program;
  private final Map<String, String> environment;

  // The fields below are guarded by this.
  private final Map<String, Load> byNumber = new HashMap<>();
  private final Map<String, Load> byId = new HashMap<>();
  private final Map<Integer, Map<String, Held>> byProcess = new HashMap<>(); // by id of the card
  private final List<Process> tools = new ArrayList<>();
  private boolean asked;
  private boolean closed;

  public GpuLoad(Map<String, String> environment) {
    this("nvidia-smi", environment);
  }

  GpuLoad(String program, Map<String, String> environment) {
    this.program = program;
    this.environment = environment;
  }

  /** Starts the tool, unless that was tried before. */
  public synchronized void begin() {
    if (!asked && !closed) {
      asked = true;
      start(CARDS);
      start(PROCESSES);
    }
  }

  private void start(String query) {
    List<String> command = new ArrayList<>(List.of(program, query));
    command.addAll(FOREVER);
    try {
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().clear();
      builder.environment().putAll(environment);
      builder.redirectError(ProcessBuilder.Redirect.DISCARD);
      Process tool = builder.start();
      tools.add(tool);
      tool.getOutputStream().close();
      BufferedReader said = tool.inputReader();
      Thread.ofPlatform().daemon().name("torc-gpus").start(() -> readLines(said, query));
    } catch (IOException none) {
      return; // no such tool: nothing is known
    }
  }

  private void readLines(BufferedReader said, String query) {
    try (said) {
      for (String line = said.readLine(); line != null; line = said.readLine()) {
        if (query.equals(CARDS)) {
          readCard(line);
        } else {
          readProcess(line);
        }
      }
    } catch (IOException ended) {
      // the tool was killed
    }
    synchronized (this) { // from now on nothing is known
      byNumber.clear();
      byId.clear();
      byProcess.clear();
    }
  }

  /** Parses a line about a card: number, id, percent, MiB. */
  synchronized void readCard(String line) {
    String[] words = line.split(",");
    if (words.length == 4) {
      long mebibytes = number(words[3]);
      Load load = new Load(number(words[2]), mebibytes < 0 ? -1 : mebibytes * MIB);
      byNumber.put(words[0].strip(), load);
      byId.put(words[1].strip(), load);
    }
  }

  /** Parses a line about a process: its number, the card's id, MiB. */
  synchronized void readProcess(String line) {
    String[] words = line.split(",");
    if (words.length == 3 && number(words[0]) >= 0 && number(words[2]) >= 0) {
      byProcess
          .computeIfAbsent((int) number(words[0]), _ -> new HashMap<>())
          .put(words[1].strip(), new Held(number(words[2]) * MIB, System.nanoTime()));
    }
  }

  /** Parses a number; returns -1 for {@code [N/A]} or an error message. */
  private static long number(String word) {
    return word.strip().matches("\\d{1,9}") ? Long.parseLong(word.strip()) : -1;
  }

  /**
   * Returns the load of one job's GPUs, given by numbers or ids separated by commas. If the tool
   * knows one of the job's processes, the memory is only that of its processes.
   */
  public synchronized Load ofJob(String ids, Set<Integer> processes) {
    Load cards = Load.UNKNOWN;
    for (String word : ids.split(",")) {
      String id = word.strip();
      Load one = byNumber.getOrDefault(id, id.isEmpty() ? null : uuid(id));
      cards = one == null ? cards : cards.plus(one);
    }
    long now = System.nanoTime();
    Load own = Load.UNKNOWN;
    for (int process : processes) {
      for (Held held : byProcess.getOrDefault(process, Map.of()).values()) {
        own = now - held.told > STALE ? own : own.plus(new Load(-1, held.bytes));
      }
    }
    return own.memory < 0 ? cards : new Load(cards.busy, own.memory);
  }

  /** Returns the load of a card by its id or the beginning of that; null if there is none. */
  private Load uuid(String id) {
    Stream<String> known = byId.keySet().stream().filter(each -> each.startsWith(id));
    return known.findFirst().map(byId::get).orElse(null);
  }

  /** Returns the load of all GPUs together. */
  public synchronized Load all() {
    return byNumber.values().stream().reduce(Load.UNKNOWN, Load::plus);
  }

  @Override
  public synchronized void close() {
    closed = true;
    tools.forEach(Process::destroyForcibly);
  }
}
