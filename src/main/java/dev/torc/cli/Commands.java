package dev.torc.cli;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.function.Supplier;

/** The commands by name, in the order of the help. */
final class Commands {

  private Commands() {}

  static SequencedMap<String, Supplier<Command>> all() {
    SequencedMap<String, Supplier<Command>> commands = new LinkedHashMap<>();
    commands.put("build", BuildCommand::new);
    commands.put("watch", WatchCommand::new);
    commands.put("why", WhyCommand::new);
    commands.put("clean", CleanCommand::new);
    commands.put("adopt", AdoptCommand::new);
    commands.put("status", StatusCommand::new);
    commands.put("list", ListCommand::new);
    commands.put("check", CheckCommand::new);
    commands.put("graph", GraphCommand::new);
    commands.put("log", LogCommand::new);
    commands.put("data", DataCommand::new);
    commands.put("events", EventsCommand::new);
    commands.put("stats", StatsCommand::new);
    commands.put("report", ReportCommand::new);
    commands.put("history", HistoryCommand::new);
    commands.put("store", StoreCommand::new);
    commands.put("init", InitCommand::new);
    commands.put("import", ImportCommand::new);
    commands.put("slurm", SlurmCommand::new);
    commands.put("doctor", DoctorCommand::new);
    commands.put("completion", CompletionCommand::new);
    return commands;
  }
}
