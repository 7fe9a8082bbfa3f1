package dev.torc.cluster;

import dev.torc.local.ProgramOutput;
import dev.torc.text.Amount;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The nodes of the Slurm job in whose script this torc runs; torc runs on the first node. {@link
 * NodeSteps} runs scripts on the others; {@code session} asks Slurm for the job.
 *
 * @param id the job's number in Slurm
 * @param name the name under which the job was submitted
 * @param env the environment without the variables that Slurm's commands would take for options,
 *     and without the mark by which the script of the allocation ends the processes of this torc
 * @param nodes all nodes of the job; the one on which this torc runs comes first
 */
public record Allocation(String id, String name, Map<String, String> env, List<Node> nodes) {

  /** Nodes that give the job the same, as the details of scontrol list them. */
  private static final Pattern ALIKE =
      Pattern.compile(" Nodes=(\\S+) CPU_IDs=([\\d,-]+) Mem=(\\d+)(?: GRES=(\\S*))?");

  private static final Pattern GPUS = Pattern.compile("\\bgpu(?::[^:(,]+)?:(\\d+)\\b");

  private static final long MEBIBYTE = 1 << 20;

  /**
   * What one node gives to the job.
   *
   * @param name the node's name; for several that are alike, one text with ranges in brackets
   * @param cpus at least 1
   * @param memory bytes; {@link Long#MAX_VALUE} where Slurm does not count it
   * @param gpus at least 0
   */
  public record Node(String name, int cpus, long memory, int gpus) {}

  /**
   * Asks Slurm for the nodes.
   *
   * @param env the environment of the script
   */
  public static Allocation of(Map<String, String> env) throws IOException {
    Map<String, String> bare = Slurm.without(env, "S(LURM|RUN|QUEUE|CANCEL|CONTROL)_.*|TORC_CLAIM");
    SchedulerWords.Program asking = new SchedulerWords.Program(bare, null, ProgramOutput.PATIENCE);
    String id = env.get("SLURM_JOB_ID");
    if (id == null) {
      throw new IOException("not inside a Slurm job; unset TORC_ALLOCATION and try again");
    }
    ProgramOutput job =
        Slurm.ask(asking, List.of("scontrol", "show", "job", "--details", "--oneliner", id));
    List<Node> nodes = new ArrayList<>();
    for (Node alike : readNodes(job.text())) {
      Slurm.ask(asking, List.of("scontrol", "show", "hostnames", alike.name))
          .text()
          .lines()
          .map(name -> new Node(name, alike.cpus, alike.memory, alike.gpus))
          .forEach(nodes::add);
    }
    if (nodes.isEmpty()) {
      String why = SchedulerWords.failure(job);
      throw new IOException("slurm does not tell the nodes of job %s: %s".formatted(id, why));
    }
    String here = env.get("SLURMD_NODENAME");
    nodes.sort(Comparator.comparing(node -> !node.name.equals(here))); // false is before true
    return new Allocation(id, env.get("SLURM_JOB_NAME"), bare, List.copyOf(nodes));
  }

  /** Reads the nodes in scontrol's answer about a job; those that are alike are one. */
  static List<Node> readNodes(String text) {
    List<Node> nodes = new ArrayList<>();
    Matcher alike = ALIKE.matcher(text);
    while (alike.find()) {
      long memory = Long.parseLong(alike.group(3));
      nodes.add(
          new Node(
              alike.group(1),
              count(alike.group(2)),
              memory == 0 ? Long.MAX_VALUE : memory * MEBIBYTE,
              alike.group(4) == null ? 0 : gpus(alike.group(4))));
    }
    return nodes;
  }

  /** Returns how many numbers there are in {@code 0-3,8}. */
  private static int count(String ranges) {
    int count = 0;
    for (String range : ranges.split(",")) {
      String[] ends = range.split("-");
      count += Integer.parseInt(ends[ends.length - 1]) - Integer.parseInt(ends[0]) + 1;
    }
    return count;
  }

  /** Returns the GPUs of all models in {@code gpu:a100:2(IDX:0-1),other:1}. */
  private static int gpus(String resources) {
    return GPUS.matcher(resources).results().mapToInt(gpu -> Integer.parseInt(gpu.group(1))).sum();
  }

  /** Returns what it has, for people: {@code allocation 12: 4 cpus on 2 nodes, n1 the first}. */
  public String text() {
    int cpus = nodes.stream().mapToInt(Node::cpus).sum();
    String first = nodes.getFirst().name;
    String names = nodes.size() > 1 ? nodes.size() + " nodes, " + first + " the first" : first;
    return "allocation %s: %s on %s".formatted(id, Amount.count(cpus, "cpu"), names);
  }

  /**
   * Returns a scheduler that runs scripts on one of the other nodes.
   *
   * @param folder the folder in which the scripts start
   */
  public Scheduler on(String node, Path folder) {
    Node on = nodes.stream().filter(each -> each.name.equals(node)).findFirst().orElseThrow();
    return new NodeSteps(this, on, folder);
  }
}
