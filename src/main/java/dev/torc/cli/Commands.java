package dev.torc.cli;

import dev.torc.ask.Call;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * The commands with all that they take, declared once for the parser, the help, the manual and
 * completion. Each command itself knows what it does.
 */
final class Commands {

  /**
   * A command begins a line. Below it are the options and words that it takes, each with what it
   * means: {@code *} stands behind any number of words, {@code +} behind one or more, brackets are
   * around a value that may be left out, and behind a colon stand all possible values. A line with
   * {@code =} takes over all that another command takes, without the options named behind that.
   * Every command accepts the options of {@code everywhere}; a line with {@code !} names groups of
   * these that the command does not read, so its help leaves them out. The options that are used
   * most stand first.
   */
  private static final String TEXT =
      """
      files
        -f --file FILE  build file, - for standard input; later ones are laid over earlier ones
        -D VAR=VALUE  set a variable of the build file
      runs
        --no-containers  run jobs with an image on the host
        --container RUNTIME:podman,docker,apptainer,none  run all images with podman, docker or apptainer
        --on --executor NAME  executor of jobs that name none themselves; local runs all jobs here
        --no-restore  run jobs even if an earlier result is known
        --keep-failed  do not run failed jobs again that have not changed
      document
        --json  data for programs instead of text, if there is data
      everywhere
        = files
        -C --directory DIR  go to this folder first
        = document
        = runs
        --color WHEN:auto,always,never  auto, always or never
        -h --help  show this and end
        -V --version  show the version and end
      lock
        --no-wait  end with status 75 if another build is at work
        --trust-lock  build on a network root whose locks other hosts do not see
        --gone NAME  on a network root: nothing runs any more on that host, or as that user
      build  run the jobs that are not up to date
        TARGET*  job, group, instance, tag, or produced file or folder; all jobs without one
        -n --dry-run  only say what would run, and why
        -j --jobs N  the same as --limit cpus=N
        -v --verbose  also show what starts, commands, what jobs write and what is up to date
        -q --quiet  show only failures, warnings and the last line
        --force  run the targets whatever their state
        --fail-fast  start nothing new after a failure
        -k --keep-going  a failure stops only what depends on it (the default)
        --limit NAME=AMOUNT  use at most this much at a time: cpus=4, memory=8GiB, gpus=1, or a counter
        --trace  report which files jobs read but do not need (Linux)
        --strict  refuse jobs access to files that they do not need (Linux)
        --junit FILE  also write the outcome of the jobs as JUnit XML
        --submit  end when every job that can be is submitted; a later torc goes on
        = lock
      watch  build, and build again whenever a file changes
        = build -n --submit --no-wait --junit
        --settle TIME  wait at most this long for a file that is still written; 2s without it
      why  tell why a job runs or ran, or which jobs need a file
        JOB|FILE+  jobs, tags or files
        -v --verbose --instances  tell of each instance of a group, and all reasons
      clean  remove products that torc made
        ! runs
        TARGET*  job or tag, for all its products, or a produced file or folder; all without one
        -n --dry-run  only say what would be removed
        --force  also remove products that were altered or adopted
        --stale  only products that no job declares any more and none needs
        --kept  what builds set aside in .torc/kept
        = lock
        --all  all products and .torc too, except .torc/kept
      adopt  accept products that are there, without running their jobs
        TARGET+  job, group, instance, tag, or produced file or folder
        -n --dry-run  only say what would be adopted
        --force  first cancel jobs that a scheduler has
        = lock
      status  show what is up to date, and the last build
        TARGET*  job, group, instance, tag, or produced file or folder; all jobs without one
        -v --verbose --instances  show each instance of a group on its own line
        --exit-code  end with status 1 if anything would run
        --follow  show the build that is running until it ends; end with its exit status
      list  show the jobs and groups with state, times and command
        TARGET*  job, group, instance, tag, or produced file or folder; all jobs without one
        --instances  show each instance of a group on its own line
        --groups  show the groups alone
      check  read the build file and say what is wrong
      graph  show the graph of jobs as dot, mermaid, json or text
        TARGET*  job, tag, or produced file or folder; all jobs without one
        --format FORMAT:dot,mermaid,json,text  dot (for Graphviz, the default), mermaid, json, or text: stage by stage
        --job JOB  only what it waits for and what waits for it, all the way
        --depth N  with --job: no more than N steps to either side
        --instances  show each instance of a group by itself
      log  print the output of a job's last run
        ! runs
        JOB  job, group, instance, tag, or produced file or folder
        --path  print the path of the log instead
        --follow  go on with what is written until the job ends
      data  print the values that jobs stored
        ! runs
        JOB*  jobs or groups; all without one
      events  print the events that jobs posted
        ! runs
        JOB*  jobs or groups; all without one
        --job JOB  the same as JOB
        --since WHEN  only later ones: a moment (2026-11-20T10:00) or a time back from now (30m)
        --follow  go on with what is posted until the build ends
      stats  show what jobs used of the resources that they ask for
        ! runs
        TARGET*  job, group, instance, tag, or produced file or folder; all jobs without one
        --instances  show each instance of a group on its own line
      report  write a page that shows the project: results, jobs, times, failures
        ! document
        --build N  a build by its number; by default the project as it stands
        -o FILE  the file to write; else standard output
        --follow  rewrite the page every 10 s until the running build ends
        --paths  show absolute paths
        --ro-crate FOLDER  write where the results come from into a new folder, as an RO-Crate
      history  show the builds, or one job over time
        ! runs
        JOB*  show the runs of jobs, groups, instances, tags, files instead
        --last N  show so many; by default 20
        --all  show all that are on record
      store  show, check and remove stored results
        ! runs
        JOB*  show the results of jobs, groups, tags, files instead
        --prune [SIZE]  remove the least recently used results until no more than SIZE is held
        --clear  remove all results
        --verify  read all that is held, and remove what is not as stored
        -n --dry-run  only say what would be removed
        = lock
        --make-key FILE  write a new key that signs results for shared stores, and print its public word
      init  write a first torc.yaml
        ! files runs document
      import  make a torc.yaml from a workflow file of NREL torc
        ! files runs document
        FILE  the workflow file: YAML, JSON or JSON5
      slurm  build in one allocation of Slurm
        = build
      server  tell of, start or stop the server that answers calls faster
        ACTION:status,start,stop  status, start or stop
      doctor  say whether builds work here, and what to do
      completion  print the script that completes torc's words in a shell
        ! runs document
        SHELL:bash,zsh,fish  bash, zsh or fish
        WORD*  after --, from the script: prints what fits the last one
      """;

  private final SequencedMap<String, List<String>> taken = new LinkedHashMap<>();
  private final Map<String, List<String>> unread = new HashMap<>();
  private final SequencedMap<String, String> descriptions = new LinkedHashMap<>();

  Commands() {
    for (String line : TEXT.split("\n")) {
      int gap = line.indexOf("  ", 1);
      String name = gap < 0 ? line : line.substring(0, gap);
      if (!line.startsWith(" ")) {
        taken.put(name, new ArrayList<>());
        if (gap > 0) {
          descriptions.put(name, line.substring(gap + 2));
        }
      } else if (line.startsWith("  = ")) {
        List<String> words = List.of(line.substring(4).split(" "));
        taken.get(words.getFirst()).stream()
            .filter(each -> !words.contains(each.substring(0, each.indexOf(' '))))
            .forEach(taken.lastEntry().getValue()::add);
      } else if (line.startsWith("  ! ")) {
        for (String group : line.substring(4).split(" ")) {
          unread
              .computeIfAbsent(taken.lastEntry().getKey(), _ -> new ArrayList<>())
              .addAll(taken.get(group));
        }
      } else {
        taken.lastEntry().getValue().add(line.strip());
      }
    }
  }

  /** Returns the names in the order of the help, each with what the command does. */
  SequencedMap<String, String> descriptions() {
    return descriptions;
  }

  /**
   * Returns what all commands take, and then what the command of this name takes, if there is one.
   */
  Options options(String name) {
    Options options = new Options(name, descriptions.getOrDefault(name, ""));
    List<String> hidden = unread.getOrDefault(name, List.of());
    taken.get("everywhere").forEach(line -> options.everywhere(line, hidden.contains(line)));
    taken.getOrDefault(name, List.of()).forEach(options::add);
    return options;
  }

  /** Does what a command is for, and returns the exit status. */
  static int perform(Call call) throws IOException {
    return switch (call.command()) {
      case "build" -> build(call);
      case "completion" -> Completion.run(call);
      case "import" -> ImportCommand.run(call);
      case "init" -> InitCommand.run(call);
      case "report" -> ReportCommand.run(call);
      case "server" -> ServerCommand.run(call);
      case "slurm" -> new BuildCommand(call).slurm();
      case "watch" -> new BuildCommand(call).watch();
      default -> call.answer();
    };
  }

  private static int build(Call call) throws IOException {
    int exit = new BuildCommand(call).run();
    ServerStart.after(call);
    return exit;
  }
}
