package dev.torc.front.cli;

import dev.torc.front.ask.Answers;
import dev.torc.front.ask.Call;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * The commands with their options and words, declared once for the parser, the help, the manual and
 * completion. What a command does is up to the command.
 */
final class Commands {

  /**
   * A line without indentation begins a command. Indented lines are its options and words, each
   * with a description. After a word, {@code *} means any number and {@code +} one or more.
   * Brackets mark an optional value; a list of all possible values follows a colon. A line with
   * {@code =} copies the lines of another command or group, except for the options named after it.
   * Every command accepts the options of {@code everywhere}; a line with {@code !} names groups of
   * these that the command ignores and that its help omits. Options are ordered by how often they
   * are used.
   */
  private static final String TEXT =
      """
      files
        -f --file FILE  build file (default: nearest torc.yaml); repeat to overlay; - reads standard input
        -D VAR=VALUE  set a variable of the build file
      runs
        --no-containers  run jobs with an image on the host
        --container RUNTIME:podman,docker,apptainer,none  run all images with podman, docker or apptainer
        --on --executor NAME  set the executor of jobs that name none; local runs all jobs here
        --no-restore  run jobs even if an earlier result is stored
        --keep-failed  skip failed jobs for which nothing changed
      document
        --json  print data for programs, if the command has data
      everywhere
        = files
        -C --directory DIR  change to this folder first
        --alone  build a package by itself, not as a part of the project that includes it
        = document
        = runs
        --color WHEN:auto,always,never  use color: auto, always or never (default: auto)
        -h --help  show this help
        -V --version  show the version
      lock
        --no-wait  exit with status 75 if another build is running
        --trust-lock  build on a network root whose locks other hosts cannot see
        --gone NAME  on a network root, declare that nothing runs anymore on this host or as this user
      build  run the jobs that are out of date
        TARGET*  job, group, instance, tag, product or folder (default: those of the build file, or all jobs)
        -n --dry-run  show what would run, and why
        -j --jobs N  use at most N cpus; same as --limit cpus=N
        -v --verbose  also show job starts, commands, job output and up-to-date jobs
        -q --quiet  show only failures, warnings and the last line
        --output WHEN:failure,always,live,raw  show the output of jobs: of failed ones, at the end, as it comes; raw: print that of one job only
        --probe  with -n, also run the probes of jobs
        --force  run the targets even if they are up to date
        --downstream  also build all jobs that wait for the targets
        --all  without targets, build all jobs, even if the build file has a default
        --only  build only the targets, from what the jobs before them made last
        --exclude PATTERN  leave out these jobs, by name, group or tag, and all jobs that need them
        --frozen PATTERN  run none of these jobs, by name, group, tag or product: their products count as they are
        --failed  build only jobs whose last run failed
        --since REF  build only jobs behind files that differ from where the branch left REF (git)
        --fail-fast  start no more jobs after a failure; same as -k 1
        -k --keep-going [N]  after a failure, run all jobs that do not depend on it (the default); with N, start none after N failures
        -l --load-average LOAD  start no job while the load of the machine is above, except a single one
        --deadline TIME  start no job that is not expected to end by this time of day (18:00)
        --limit NAME=AMOUNT  limit use at a time: cpus=4, memory=8GiB, gpus=1, or a counter
        --trace  report files that jobs read but do not need (Linux)
        --strict  deny jobs access to files that they do not need (Linux)
        --sandbox  run each job in a folder of its own that holds only its needs
        --junit FILE  also write the results of the jobs as JUnit XML
        --submit  submit all jobs that can be submitted, then exit; a later torc continues
        = lock
      watch  build, and rebuild when files change
        = build -n --probe --submit --no-wait --junit --failed --deadline
        --settle TIME  wait at most TIME for a file that is still being written (default: 2s)
      stop  ask the running build to end
        ! document runs
        --now  interrupt the running jobs, as Ctrl-C does
      why  explain why a job runs or ran, or which jobs need a file
        JOB|FILE*  job, group, instance, tag or file
        --failed  explain jobs whose last run failed
        -v --verbose --instances  explain each instance of a group, with all reasons
      clean  remove products
        ! runs
        TARGET*  job, group, instance, tag, product or folder (default: all jobs)
        -n --dry-run  show what would be removed
        --force  also remove modified and adopted products
        --stale  remove only products that no job declares anymore
        --kept  remove the files that builds moved to .torc/kept
        --all  remove all products and .torc, except .torc/kept
        --environments  remove the folders of environments that no job names anymore
        --unused TIME  with --environments, also those in a shared folder that no build used for TIME (30d)
        = lock
      adopt  mark existing files as up to date
        TARGET+  job, group, instance, tag, product or folder
        -n --dry-run  show what would be adopted
        -q --quiet  show only problems and the last line
        --source  the targets are files that torc made and no job makes now: they become yours
        --force  first cancel jobs submitted to a scheduler
        = lock
      status  show what is up to date, and the last build
        TARGET*  job, group, instance, tag, product or folder (default: all jobs)
        -v --verbose --instances  show each instance of a group on its own line
        --all  without targets, show all jobs, even if the build file has a default
        --failed  show only jobs whose last run failed
        --since REF  show only jobs behind files that differ from where the branch left REF (git)
        --exit-code  exit with status 1 if anything would run
        --probe  also run the probes of jobs
        --follow  show the running build until it ends, and exit with its status
      list  list jobs with state, times and command
        TARGET*  job, group, instance, tag, product or folder (default: all jobs)
        --instances  show each instance of a group on its own line
        --failed  show only jobs whose last run failed
        --since REF  show only jobs behind files that differ from where the branch left REF (git)
        --groups  show only groups
        --resources  show what jobs used of the resources they asked for
      check  check the build file for errors
      graph  print the job graph as dot, mermaid, json or text
        TARGET*  job, group, instance, tag, product or folder (default: all jobs)
        --format FORMAT:dot,mermaid,json,text  print dot (for Graphviz), mermaid, json, or text in stages (default: dot)
        --job JOB  show only this job, all jobs that it waits for, and all that wait for it
        --depth N  with --job, show at most N steps in each direction
        --instances  show each instance of a group as its own box
      log  print the output of a job's last run
        ! runs
        JOB  job, group, instance, tag, product or folder
        --build N  print the output of its run in build N
        --failed  print the output of its last run that failed
        --path  print the path of the log instead
        --follow  keep printing until the job ends
      shell  open a shell in what a job's process gets, or run the words behind -- there
        ! document
        JOB  job or instance
        --print  print a script that runs the job's command, or the words behind --, in the same way
        --sandbox  in a folder of its own that holds only the job's needs
      data  print the values that jobs stored
        ! runs
        JOB*  job or group (default: all jobs)
        --csv  print a line for each instance of a group: its parameters and values
      events  print the events that jobs posted
        ! runs
        JOB*  job or group (default: all jobs)
        --job JOB  same as JOB
        --since WHEN  print only events after a moment (2026-11-20T10:00) or within a duration (30m)
        --follow  keep printing until the build ends
      report  write a page about the project: results, jobs, times, failures
        ! document
        --build N  report on build N (default: the current state of the project)
        -o FILE  write to this file (default: standard output); DIR/: into this folder, with the files that the page does not include
        --follow  rewrite the page every 10 s until the running build ends
        --paths  show absolute paths
        --ro-crate FOLDER  write an RO-Crate with the origin of all results into a new folder
      history  list builds, or the runs of a job
        ! runs
        JOB*  list the runs of this job, group, instance, tag or product instead
        --last N  list at most N entries (default: 20)
        --all  list all entries
      store  show, check and remove stored results
        ! runs
        JOB*  show the results of this job, group, instance, tag or product
        --prune [SIZE]  remove the least recently used results until at most SIZE is left (default: the limit)
        --clear  remove all results
        --verify  read all results, and remove the damaged ones
        -n --dry-run  show what would be removed
        --make-key FILE  write a new key that signs results for shared stores, and print its public part
        = lock
      init  write a first torc.yaml
        ! files runs document
        --example [NAME:hello,sweep,samples,library]  write the files that a tutorial begins with (default: hello)
      import  convert a workflow file of NREL torc to torc.yaml
        ! files runs document
        FILE  workflow file: YAML, JSON or JSON5
      slurm  build inside one Slurm allocation
        = build
      server  show, start or stop the server that answers calls faster
        ! files document runs
        ACTION:status,start,stop  status, start or stop
      doctor  check whether builds work here, and suggest fixes
        ! runs
      completion  print the shell completion script
        ! files document runs
        SHELL:bash,zsh,fish  bash, zsh or fish
        WORD*  words of a command line, after --; prints what completes the last one
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

  /** Returns the descriptions of the commands by name, in the order of the help. */
  SequencedMap<String, String> descriptions() {
    return descriptions;
  }

  /**
   * Returns the options of all commands, followed by those of the command with this name, if it
   * exists.
   */
  Options options(String name) {
    Options options = new Options(name, descriptions.getOrDefault(name, ""));
    List<String> hidden = unread.getOrDefault(name, List.of());
    taken.get("everywhere").forEach(line -> options.everywhere(line, hidden.contains(line)));
    taken.getOrDefault(name, List.of()).forEach(options::add);
    return options;
  }

  /** Runs a command and returns its exit status. */
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
      default -> Answers.print(call);
    };
  }

  private static int build(Call call) throws IOException {
    int exit = new BuildCommand(call).run();
    ServerStart.after(call);
    return exit;
  }
}
