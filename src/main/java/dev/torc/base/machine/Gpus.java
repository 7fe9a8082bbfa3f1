package dev.torc.base.machine;

import dev.torc.base.posix.FileTree;
import dev.torc.base.posix.Io;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * The GPUs that this process may use: those that the caller's variables name, read as CUDA and HIP
 * read them, or else the devices of the system. Another user may be using any other GPU, so torc
 * never adds one. This class does not tell how busy the GPUs are.
 *
 * @param ids as in {@code CUDA_VISIBLE_DEVICES}, one for each card
 * @param source the variable with its value, or {@code this machine}; empty if there is neither a
 *     variable nor a device
 */
public record Gpus(List<String> ids, String source) {

  private static final String CUDA = "CUDA_VISIBLE_DEVICES";
  private static final String HIP = "HIP_VISIBLE_DEVICES";
  private static final String ROCR = "ROCR_VISIBLE_DEVICES";

  private static final String MACHINE = "this machine";

  public static final Gpus NONE = new Gpus(List.of(), "");

  /** Reads variables, and files below {@code system}, which is {@code /} except in tests. */
  static Gpus of(Path system, Map<String, String> environment) {
    long nvidia = names(system, "dev").stream().filter(it -> it.matches("nvidia\\d+")).count();
    String nodes = "sys/class/kfd/kfd/topology/nodes"; // AMD; CPUs have the id 0
    long amd =
        names(system, nodes).stream()
            .map(node -> Limits.lines(system.resolve(nodes).resolve(node).resolve("gpu_id")))
            .filter(id -> !id.isEmpty() && !id.getFirst().equals("0"))
            .count();
    Gpus all = new Gpus(numbers(nvidia + amd), nvidia + amd == 0 ? "" : MACHINE);
    if (nvidia > 0 || amd == 0 && environment.containsKey(CUDA)) {
      return new Gpus(numbers(nvidia), all.source).visible(CUDA, environment);
    }
    Gpus runtime = all.visible(ROCR, environment);
    if (environment.containsKey(ROCR)) { // HIP counts from 0 what ROCr shows
      runtime = new Gpus(numbers(runtime.ids.size()), runtime.source);
    }
    return runtime.visible(environment.containsKey(HIP) ? HIP : CUDA, environment);
  }

  /** Returns numbers from 0, as CUDA and HIP number the GPUs that they see. */
  private static List<String> numbers(long count) {
    return LongStream.range(0, count).mapToObj(String::valueOf).toList();
  }

  /**
   * Selects GPUs by a variable as CUDA and HIP do: numbers or UUIDs, up to the first word that is
   * not a device. All words must be of one kind, so no card is listed twice.
   */
  private Gpus visible(String variable, Map<String, String> environment) {
    String value = environment.get(variable);
    if (value == null) {
      return this;
    }
    List<String> visible = new ArrayList<>();
    String kind = null;
    for (String word : value.split(",")) {
      String id = word.strip();
      boolean number = Limits.NUMBER.matcher(id).matches();
      id = number ? Long.toString(Long.parseLong(id)) : id;
      String own = number ? "" : id.substring(0, Math.min(4, id.length()));
      boolean any = source.isEmpty(); // no device is visible, so the caller is believed
      boolean exists =
          switch (own) {
            case "" -> any || ids.contains(id);
            case "GPU-" -> any || visible.size() < ids.size();
            default -> own.equals("MIG-");
          };
      if (!exists || id.isEmpty() || kind != null && !kind.equals(own)) {
        break;
      }
      kind = own;
      if (!isAmong(visible, id, number)) {
        visible.add(id);
      }
    }
    return new Gpus(List.copyOf(visible), variable + "=" + value);
  }

  /** Returns whether a device is listed, possibly by a shorter or longer part of its UUID. */
  private static boolean isAmong(List<String> listed, String id, boolean number) {
    return listed.contains(id)
        || !number && listed.stream().anyMatch(o -> o.startsWith(id) || id.startsWith(o));
  }

  /** Returns whether the GPUs are unknown; jobs may then get numbers without devices. */
  public boolean isUnknown() {
    return source.isEmpty();
  }

  /** Returns {@code CUDA_VISIBLE_DEVICES=0,1 leaves 2}, or {@code this machine has 2}. */
  public String words() {
    boolean machine = isUnknown() || source.equals(MACHINE);
    return (machine ? MACHINE + " has " : source + " leaves ") + count();
  }

  public int count() {
    return ids.size();
  }

  Gpus first(int most) {
    return new Gpus(ids.subList(0, Math.min(most, ids.size())), source);
  }

  private static List<String> names(Path system, String folder) {
    List<Path> entries = Io.or(() -> FileTree.entries(system.resolve(folder)), List.of());
    return entries.stream().map(at -> at.getFileName().toString()).toList();
  }
}
