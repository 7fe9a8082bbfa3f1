package dev.torc.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Supplier;

/** The commands by name with their lines in the help, in its order. */
final class Commands {

  private Commands() {}

  static SequencedMap<String, Supplier<Command>> all() {
    SequencedMap<String, Supplier<Command>> all = new LinkedHashMap<>();
    put(all, "build", "run the jobs that are not up to date", BuildCommand::new);
    put(all, "watch", "build, and build again whenever a file changes", WatchCommand::new);
    put(all, "why", "tell why a job runs or ran, or who needs a file", WhyCommand::new);
    put(all, "clean", "remove products that torc made", CleanCommand::new);
    put(
        all,
        "adopt",
        "accept products that are there, without running their jobs",
        AdoptCommand::new);
    put(all, "status", "show what is up to date, and the last build", StatusCommand::new);
    put(all, "list", "show the jobs and groups with state, times and command", ListCommand::new);
    put(all, "check", "read the build file and say what is wrong", CheckCommand::new);
    put(all, "graph", "show the graph of jobs as dot, mermaid, json or text", GraphCommand::new);
    put(all, "log", "print the output of a job's last run", LogCommand::new);
    put(all, "data", "print the values that jobs stored", DataCommand::new);
    put(all, "events", "print the events that jobs posted", EventsCommand::new);
    put(all, "stats", "show what jobs used of the resources that they ask for", StatsCommand::new);
    put(
        all,
        "report",
        "write a page that shows a build: jobs, times, resources, failures",
        ReportCommand::new);
    put(all, "history", "show the builds, or one job over time", HistoryCommand::new);
    put(
        all,
        "store",
        "show earlier results that are kept, check them, take some away",
        StoreCommand::new);
    put(all, "init", "write a first torc.yaml", InitCommand::new);
    put(all, "import", "make a torc.yaml of a workflow file of NREL torc", ImportCommand::new);
    put(all, "slurm", "build in one allocation of Slurm", SlurmCommand::new);
    put(all, "doctor", "say whether builds work here, and what to do", DoctorCommand::new);
    put(
        all,
        "completion",
        "print the script that completes torc's words in a shell",
        CompletionCommand::new);
    return all;
  }

  private static void put(
      Map<String, Supplier<Command>> all, String name, String help, Supplier<Command> made) {
    all.put(name, () -> made.get().described(help));
  }
}
