package dev.torc.features.clusters;

import dev.torc.base.machine.ProgramOutput;
import dev.torc.base.text.Amount;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The nodes of the Slurm job in which this torc runs, its own node first. {@link NodeSteps} runs
 * scripts on the other nodes; the package {@code session} submits the job. {@code env} lacks the
 * variables that Slurm's commands would read as options, and TORC_CLAIM, by which the job's script
 * finds and kills this torc's processes.
 */
public record Allocation(String id, String name, Map<String, String> env, List<Node> nodes) {

  /** A group of nodes with equal resources for the job, in the detailed output of scontrol. */
  private static final Pattern ALIKE =
      Pattern.compile(" Nodes=(\\S+) CPU_IDs=([\\d,-]+) Mem=(\\d+)(?: GRES=(\\S*))?");

  private static final Pattern GPUS = Pattern.compile("\\bgpu(?::[^:(,]+)?:(\\d+)\\b");

  private static final long MEBIBYTE = 1 << 20;

  /** The resources of one node for the job. Memory is {@link Long#MAX_VALUE} if not counted. */
  public record Node(String name, int cpus, long memory, int gpus) {}

  /** Asks Slurm for the nodes; {@code env} is the environment of the script. */
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
      List<String> question = List.of("scontrol", "show", "hostnames", alike.name);
      for (String name : Slurm.ask(asking, question).text().lines().toList()) {
        nodes.add(new Node(name, alike.cpus, alike.memory, alike.gpus));
      }
    }
    if (nodes.isEmpty()) {
      String why = SchedulerWords.failure(job);
      throw new IOException("slurm does not tell the nodes of job %s: %s".formatted(id, why));
    }
    String here = env.get("SLURMD_NODENAME");
    nodes.sort(Comparator.comparing(node -> !node.name.equals(here))); // false sorts before true
    return new Allocation(id, env.get("SLURM_JOB_NAME"), bare, List.copyOf(nodes));
  }

  /** Parses scontrol's answer. Equal nodes are one entry, whose name has ranges. */
  static List<Node> readNodes(String text) {
    List<Node> nodes = new ArrayList<>();
    Matcher alike = ALIKE.matcher(text);
    while (alike.find()) {
      long memory = Long.parseLong(alike.group(3)) * MEBIBYTE;
      int gpus = alike.group(4) == null ? 0 : gpus(alike.group(4));
      long counted = memory == 0 ? Long.MAX_VALUE : memory;
      nodes.add(new Node(alike.group(1), count(alike.group(2)), counted, gpus));
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

  /** Returns the number of GPUs in a text like {@code gpu:a100:2(IDX:0-1),other:1}. */
  private static int gpus(String resources) {
    return GPUS.matcher(resources).results().mapToInt(gpu -> Integer.parseInt(gpu.group(1))).sum();
  }

  /** Returns a line for the user: {@code allocation 12: 4 cpus on 2 nodes, n1 the first}. */
  public String text() {
    int cpus = nodes.stream().mapToInt(Node::cpus).sum();
    String first = nodes.getFirst().name;
    String names = nodes.size() > 1 ? nodes.size() + " nodes, " + first + " the first" : first;
    return "allocation %s: %s on %s".formatted(id, Amount.count(cpus, "cpu"), names);
  }

  /** Returns a scheduler that starts scripts in the folder on one of the other nodes. */
  public Scheduler on(String node, Path folder) {
    Node on = nodes.stream().filter(each -> each.name.equals(node)).findFirst().orElseThrow();
    return new NodeSteps(this, on, folder);
  }
}
