package dev.torc.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How busy the GPUs are, as their vendor's tool tells it: {@code nvidia-smi}, which is started once
 * and then prints a line for each GPU every few seconds. Where there is no such tool nothing is
 * known. It does not know which job uses a GPU: each is given to one job at a time.
 */
final class GpuLoad implements AutoCloseable {

  private static final List<String> NVIDIA =
      List.of(
          "nvidia-smi",
          "--query-gpu=index,uuid,utilization.gpu",
          "--format=csv,noheader,nounits",
          "--loop=2");

  private final List<String> command;
  private final Map<String, String> environment;
  private final Map<String, Long> busy = new HashMap<>(); // by number and by id, guarded by this
  private Process tool;
  private boolean asked;
  private boolean closed;

  /**
   * Nothing is asked before {@link #look}.
   *
   * @param environment the tool's environment
   */
  GpuLoad(Map<String, String> environment) {
    this(NVIDIA, environment);
  }

  GpuLoad(List<String> command, Map<String, String> environment) {
    this.command = command;
    this.environment = environment;
  }

  /** Starts the tool, unless that was tried before; {@link #of} tells what it said last. */
  synchronized void look() {
    if (asked || closed) {
      return;
    }
    asked = true;
    try {
      ProcessBuilder program = new ProcessBuilder(command);
      program.environment().clear();
      program.environment().putAll(environment);
      program.redirectError(ProcessBuilder.Redirect.DISCARD);
      tool = program.start();
      tool.getOutputStream().close();
      BufferedReader said = tool.inputReader();
      Thread.ofPlatform().daemon().name("torc-gpus").start(() -> hear(said));
    } catch (IOException none) {
      tool = null; // no such tool: nothing is known
    }
  }

  private void hear(BufferedReader said) {
    try (said) {
      for (String line = said.readLine(); line != null; line = said.readLine()) {
        take(line);
      }
    } catch (IOException ended) {
      // it was ended: from now on nothing is known
    }
    synchronized (this) {
      busy.clear();
    }
  }

  /** A line: number, id, percent. */
  void take(String line) {
    String[] words = line.split(",");
    if (words.length != 3 || !words[2].strip().matches("\\d{1,3}")) {
      return; // "[N/A]", or a word of trouble
    }
    long percent = Long.parseLong(words[2].strip());
    synchronized (this) {
      busy.put(words[0].strip(), percent);
      busy.put(words[1].strip(), percent);
    }
  }

  /**
   * How busy some GPUs are together, in hundredths of a GPU.
   *
   * @param ids numbers or ids with commas between them
   * @return -1 where nothing is known of any
   */
  synchronized long of(String ids) {
    long sum = -1;
    for (String id : ids.split(",")) {
      Long one = busy.get(id.strip());
      if (one != null) {
        sum = Math.max(sum, 0) + one;
      }
    }
    return sum;
  }

  /** How busy all GPUs are together, in hundredths of a GPU; -1 where nothing is known. */
  synchronized long all() {
    List<String> numbers = busy.keySet().stream().filter(id -> id.matches("\\d+")).toList();
    return of(String.join(",", numbers));
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (tool != null) {
      tool.destroyForcibly();
    }
  }
}
