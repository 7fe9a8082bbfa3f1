package dev.torc.front.session;

import dev.torc.base.machine.Gpus;
import dev.torc.base.machine.Jobserver;
import dev.torc.base.machine.Limits;
import dev.torc.base.syntax.BadInput;
import dev.torc.base.syntax.NearestName;
import dev.torc.base.syntax.Quantity;
import dev.torc.base.text.Amount;
import dev.torc.base.text.SafeText;
import dev.torc.core.decide.Plan;
import dev.torc.core.decide.Verdict;
import dev.torc.core.model.Graph;
import dev.torc.core.model.Job;
import dev.torc.core.model.Job.Resources;
import dev.torc.core.model.Workflow;
import dev.torc.core.queue.Amounts;
import dev.torc.features.clusters.Allocation;
import dev.torc.features.remarks.FoldedLines;
import dev.torc.front.project.Caller.Host;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * How much of each resource a build may use at a time. The build file's {@code limits} override the
 * machine's amounts, and the command line overrides both (rule 12). The engine gives the resources
 * to jobs.
 *
 * @param excess whether the build file's limit for gpus is larger than the machine's number
 */
record Capacity(Map<String, Long> limits, Limits machine, Allocation allocation, boolean excess) {

  /**
   * Combines the three sources; {@code given} has the amounts as written on the command line. In an
   * allocation, cpus, memory and gpus in {@code given} are ignored: they were requests to Slurm.
   */
  static Capacity of(Workflow workflow, Host host, Map<String, String> given) {
    Limits machine = host.limits().get();
    Gpus gpus = machine.gpus();
    Map<String, Long> limits =
        new TreeMap<>(amounts(machine.cpus(), machine.memory(), machine.gpus().count()));
    limits.putAll(workflow.settings().limits());
    Map<String, Long> values = given(workflow, () -> machine, given);
    if (host.allocation() != null) {
      values.keySet().removeAll(Resources.MACHINE);
    }
    limits.putAll(values);
    long declared = workflow.settings().limits().getOrDefault(Resources.GPUS, 0L);
    boolean excess = declared > gpus.count() && limits.get(Resources.GPUS) == declared;
    boolean numbered = gpus.isUnknown() && given.containsKey(Resources.GPUS);
    return new Capacity(limits, machine, host.allocation(), excess && !numbered);
  }

  /**
   * Returns the amounts that are written on the command line; refuses wrong ones. Reads the
   * machine's limits, which are in some ten files, only for gpus.
   */
  static Map<String, Long> given(
      Workflow workflow, Supplier<Limits> machine, Map<String, String> given) {
    Map<String, Long> values = new TreeMap<>();
    given.forEach(
        (name, amount) -> {
          Set<String> names = new TreeSet<>(Resources.MACHINE);
          names.addAll(workflow.settings().limits().keySet());
          names.remove(Resources.GPU_SHARES);
          if (!names.contains(name)) {
            String hint = NearestName.hint(name, names);
            throw new BadInput("--limit " + SafeText.name(name) + ": no such resource" + hint);
          }
          long value = amount(name, amount);
          if (name.equals(Resources.GPUS)) {
            Gpus gpus = machine.get().gpus();
            if (value > gpus.count() && !gpus.isUnknown()) {
              throw new BadInput(tooManyGpus("--limit gpus=%d", value, gpus));
            }
          }
          values.put(name, value);
        });
    return values;
  }

  /** Returns the executor whose jobs run on an allocation's nodes; null without an allocation. */
  String allocated() {
    return allocation == null ? null : AllocationFiles.EXECUTOR;
  }

  /** Returns the amounts of a build; {@code tokens} are null without a jobserver. */
  Amounts amounts(Jobserver tokens) {
    return new Amounts(limits, machine.gpus().ids(), allocated(), nodes(), tokens);
  }

  /** Returns, by name, the amounts of the allocation's nodes other than this machine. */
  Map<String, Map<String, Long>> nodes() {
    Map<String, Map<String, Long>> nodes = new LinkedHashMap<>();
    if (allocation != null) {
      for (Allocation.Node node : allocation.nodes().subList(1, allocation.nodes().size())) {
        nodes.put(node.name(), amounts(node.cpus(), node.memory(), node.gpus()));
      }
    }
    return nodes;
  }

  private static Map<String, Long> amounts(long cpus, long memory, long gpus) {
    return Map.of(Resources.CPUS, cpus, Resources.MEMORY, memory, Resources.GPUS, gpus);
  }

  private static long amount(String name, String amount) {
    try {
      boolean counter = !Resources.MACHINE.contains(name);
      boolean bytes = name.equals(Resources.MEMORY) || counter && Quantity.hasUnit(amount);
      long value = bytes ? Quantity.size(amount) : Long.parseLong(amount);
      if (value < (name.equals(Resources.CPUS) ? 1 : 0)) {
        throw new BadInput("--limit " + name + "=" + amount + ": the amount is too small");
      }
      return value;
    } catch (NumberFormatException e) {
      throw new BadInput(
          "--limit " + name + "=" + SafeText.name(amount) + ": write a whole number");
    } catch (IllegalArgumentException e) {
      throw new BadInput("--limit " + name + ": " + e.getMessage());
    }
  }

  /** Returns the message that a limit for gpus is larger than the machine's number. */
  private static String tooManyGpus(String limit, long amount, Gpus gpus) {
    String told = SafeText.line(gpus.words());
    String line = limit.formatted(amount) + " is more than there are: " + told;
    return line + (gpus.isUnknown() ? "; lower it" : "; give --limit gpus=" + gpus.count());
  }

  /** Returns the selected jobs that can never run. Asking for too many cpus does not count. */
  BitSet impossible(Graph graph, BitSet selected) {
    BitSet impossible = new BitSet();
    selected.stream().filter(job -> trouble(graph.job(job)) != null).forEach(impossible::set);
    return impossible;
  }

  /** Returns the errors about jobs that will or may run and can never get what they ask for. */
  List<BadInput.Diagnostic> lacks(Plan plan) {
    return lacks(
        plan.context().graph(),
        plan.selected(
            it -> !(it instanceof Verdict.UpToDate || it instanceof Verdict.WillRestore)));
  }

  /** Refuses those of the given jobs that can never get the resources they ask for. */
  void refuse(Graph graph, BitSet jobs) {
    BadInput.refuse(lacks(graph, jobs));
  }

  /**
   * Returns the errors about jobs that can never run. Instances with the same error share a line.
   */
  private List<BadInput.Diagnostic> lacks(Graph graph, BitSet jobs) {
    Map<String, List<Job>> alike = new LinkedHashMap<>();
    for (int id : graph.inOrder(impossible(graph, jobs))) {
      Job job = graph.job(id);
      String group = job.group() == null ? "" : job.group();
      String kind = trouble(job).message().replace("job " + job.name() + " ", "job ");
      alike.computeIfAbsent(group + "\0" + kind, _ -> new ArrayList<>()).add(job);
    }
    List<BadInput.Diagnostic> errors = new ArrayList<>();
    for (List<Job> jobsOfOne : alike.values()) {
      Job first = jobsOfOne.getFirst();
      BadInput.Diagnostic trouble = trouble(first);
      String name = "job " + first.name();
      String all = name + FoldedLines.others(first, jobsOfOne.size());
      errors.add(
          new BadInput.Diagnostic(
              trouble.place(), trouble.message().replace(name + " ", all + " ")));
    }
    return errors;
  }

  /** Returns whether an error of {@link #lacks} is about an amount that is too large here. */
  static boolean isAmount(BadInput.Diagnostic error) {
    return !error.message().startsWith(Resources.MEMORY, 1);
  }

  /** Returns why a job can never run; null if it can. */
  private BadInput.Diagnostic trouble(Job job) {
    List<String> executors = job.runs().executors();
    if (!executors.isEmpty()
        && job.runs().resources().memory() == 0
        && job.slot(Resources.MEMORY) != null) {
      // Its command is built before the scheduler decides how much memory the job gets.
      String line =
          "{memory} of job %s has no value at %s: give it `memory` in resources, or use"
              + " $TORC_MEMORY";
      return new BadInput.Diagnostic(
          job.slot(Resources.MEMORY).place(),
          line.formatted(job.name(), String.join(", ", executors)));
    }
    String excess = job.runs().mayStay() ? excess(job, true) : null;
    if (excess == null && allocation != null && executors.contains(allocated())) {
      excess = excess(job, false);
    }
    return excess == null ? null : new BadInput.Diagnostic(job.place(), excess);
  }

  /** Returns which resource a job asks too much of; null if it can run. */
  private String excess(Job job, boolean here) {
    Resources resources = job.runs().resources();
    List<Map<String, Long>> nodes = new ArrayList<>(here ? List.of() : nodes().values());
    nodes.add(limits);
    if (!here && resources.nodes() > 1) {
      return "job %s asks for %d nodes, and torc slurm runs each job on one"
          .formatted(job.name(), resources.nodes());
    }
    if (excess && resources.gpus() > 0) {
      return tooManyGpus("limits: {gpus: %d}", limits.get(Resources.GPUS), machine.gpus());
    }
    Map<String, Long> wanted = resources.amounts();
    wanted.remove(Resources.CPUS); // a job that asks for too many runs alone
    for (String name : wanted.keySet()) {
      long asked = wanted.get(name);
      long there = nodes.stream().mapToLong(node -> node.getOrDefault(name, 0L)).max().orElse(0);
      if (asked > there) {
        boolean bytes = name.equals(Resources.MEMORY) || asked >= Amount.BYTES;
        if (name.equals(Resources.GPUS) && asked > machine.gpus().count() && nodes.size() == 1) {
          String without = // the advice for a machine without GPUs
              "--exclude %s, or set gpus: 0 in an overlay if the job can do without"
                  .formatted(job.group() == null ? job.name() : job.group());
          String gpus = Amount.gpus(resources.askedGpus());
          String has = SafeText.line(machine.gpus().words());
          String next = machine.gpus().count() == 0 ? without : "lower it";
          return "job %s asks for %s, and %s; %s".formatted(job.name(), gpus, has, next);
        }
        String most = bytes ? Amount.size(there, asked) : "" + there;
        return "job %s asks for %s of %s, and there is only %s; lower it, or raise --limit %s"
            .formatted(job.name(), bytes ? Amount.size(asked, asked) : asked, name, most, name);
      }
    }
    if (here && resources.gpuShare() > 0 && !limits.containsKey(Resources.GPU_SHARES)) {
      return "job %s asks for %s, and the GPUs here have no shares; write limits: {gpus: {each: %d}}"
          .formatted(
              job.name(),
              Amount.gpus(resources.askedGpus()),
              Math.max(2, Resources.GPU / resources.gpuShare()));
    }
    boolean fits =
        nodes.stream()
            .filter(node -> node.getOrDefault(Resources.MEMORY, 0L) >= resources.memory())
            .anyMatch(node -> node.getOrDefault(Resources.GPUS, 0L) >= resources.gpus());
    String line = "job %s asks for memory and gpus that no node has together; lower one of them";
    return fits ? null : line.formatted(job.name());
  }
}
