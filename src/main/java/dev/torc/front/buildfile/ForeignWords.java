package dev.torc.front.buildfile;

import static java.util.Map.entry;

import dev.torc.base.syntax.NearestName;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Translates the keys and placeholders of other tools (make, Snakemake, Nextflow, DVC, Task, doit,
 * GitLab, NREL torc, PROMINENCE) for suggestions in messages. {@link NearestName} finds mistyped
 * words.
 */
final class ForeignWords {

  /**
   * One line for each meaning: what to write in a build file, then the words of other tools for it,
   * without {@code _}, {@code -} and a final {@code s}. A line applies only where the key that it
   * begins with is known, so that a word can have several meanings.
   */
  private static final String[] MEANINGS = {
    "needs = in input inputfile src source dep filedep prerequisite require dependency",
    "produces = out output outputfile outdir publishdir target generate create product metric plot",
    "command = cmd run script sh shellcommand bash exec action execute invocationscript",
    "after = order orderonly taskdep",
    "needs: {job: NAME} = dependson dependsonjob upstream parent",
    "resources: {cpus: 4} = thread core cpu ncpu numcpu ntask",
    "resources: {memory: 4GiB} = mem memmb memory ram",
    "resources: {gpus: 1} = gpu numgpu",
    "resources: {runtime: 10m} = time timeout timelimit walltime runtime timeoutminute",
    "resources = resourcerequirement",
    "cpus = thread core cpu ncpu numcpu ntask cpuspertask",
    "memory = mem memmb memgb memmib memgib ram",
    "disk = diskmb diskmib diskgb",
    "gpus = gpu numgpu",
    "runtime = time timeout timelimit walltime",
    "parameters = matrix foreach wildcard sweep useparameter strategy scatter for loop parallel",
    "dir = workdir wdir cwd chdir workingdir workingdirectory",
    "env = environment environmentvariable",
    "fetch = url uri download",
    "sha256 = md5 sha1 sha512 sha checksum hash digest md5sum sha256sum",
    "retries = maxretry attempt maxattempt errorstrategy",
    "image = docker container singularity apptainer",
    "tags = label group stage",
    "temporary = temp tmp",
    "persist = precious keep",
    "description = desc doc help message",
    "jobs = task step rule target stage job proces processe recipe",
    "vars = variable config configfile param parameter",
    "env: [.env] = dotenv envfile",
    "env = variable passthroughenv envvar",
    "shell = set shopt unixshell interpreter",
    "output = silent quiet debug outputmode outputlog",
    "environment = conda condaenv envmodule module venv virtualenv uv pixi spack",
    "frozen: true = protected lock",
    "executor: local = localrule local",
    "hooks = onsuccess onerror onstart oncomplete onfailure",
    "exists = file path",
    "job = task rule target stage step",
    "include = import module subworkflow",
    "when: {os: linux} = platform",
    "when: {exists: FILE} = precondition",
    "when: {var: NAME} = if only except condition rule runif",
    "probe: COMMAND = statu uptodate",
    "always: true = alwayschanged phony alwaysrun",
    "allow_failure: true = continueonerror ignoreerror",
    "interactive: true = tty prompt",
    "tasks = step beforescript",
    "executor = runson",
    "defaults = extend",
  };

  /**
   * What to do instead of using a key of another tool for which torc has none. The keys are written
   * as in the lines above.
   */
  private static final Map<String, String> INSTEAD =
      Map.ofEntries(
          entry("shadow", "write sandbox: true, and the job runs in a folder of its own"),
          entry(
              "param",
              "write vars at the top level and {NAME} in the command, or needs: {file: params.yaml,"
                  + " keys: [NAME]}"),
          entry("var", "vars belong to the top level; for this job alone write env"),
          entry("do", "write its keys in the job itself"),
          entry("extend", "write a YAML anchor and <<: *NAME, or defaults at the top level"),
          entry(
              "concurrency",
              "name a counter: limits: {NAME: 1} at the top level, resources: {NAME: 1} in the"
                  + " jobs"),
          entry("secret", "write env: {NAME: {secret: true}}"),
          entry("queue", "write executors at the top level and executor: NAME in the job"),
          entry("clusteroption", "write args of an executor, in executors at the top level"),
          entry("wildcardconstraint", "write {NAME:REGEX} in match"),
          entry("ancient", "write after: JOB, or leave a source out of needs"),
          entry("checkpoint", "a group over {products: JOB} gets its jobs during the build"),
          entry("method", "torc always compares contents; leave it out"),
          entry("watch", "leave it out, and call torc watch"),
          entry("service", "torc starts none; start it in the command, and stop it by trap"),
          entry("use", "torc calls no actions; write command"),
          entry("wrapper", "torc calls no wrappers; write command"),
          entry("log", "torc keeps the output of each job; see torc log JOB"),
          entry("benchmark", "torc measures each job; see torc stats"),
          entry(
              "outputdir",
              "products stay where the command makes them; name the folders in produces, as out/"),
          entry(
              "outputfile",
              "products stay where the command makes them; name the files in produces"),
          entry("artifact", "write produces for files that it makes, a job with fetch for others"),
          entry(
              "storage",
              "torc mounts nothing; needs may name files anywhere, and roots the folders to write"
                  + " to"),
          entry("notification", "torc sends none; write hooks: {finish: COMMAND} at the top level"),
          entry(
              "policy",
              "write retries, priority and resources: {runtime: 12h} in the job or in defaults"));

  /** Words that get the answer to another. */
  private static final Map<String, String> SAME =
      Map.of(
          "maxfork", "concurrency",
          "maxparallel", "concurrency",
          "mutex", "concurrency",
          "parallelism", "concurrency",
          "resourcegroup", "concurrency",
          "account", "queue",
          "qo", "queue",
          "partition", "queue",
          "scratch", "shadow");

  private static final List<String> COMPARES = List.of("i", "equal", "eq", "value", "matche");

  private ForeignWords() {}

  /**
   * Returns a hint such as {@code "; did you mean X?"} for a mistyped or foreign word; otherwise
   * {@code otherwise}.
   */
  static String hint(String word, Collection<String> known, String otherwise) {
    String instead =
        known.contains("command") || known.contains("jobs") ? instead(plain(word)) : null;
    if (instead != null) {
      return "; " + instead;
    }
    String meant = meant(word, known);
    if (known == KnownKeys.CONDITION && COMPARES.contains(plain(word))) {
      return "; a condition asks only whether a var is set and not false; name a var for it";
    }
    return meant == null ? otherwise : "; did you mean " + meant + "?";
  }

  private static String instead(String plain) {
    return INSTEAD.get(SAME.getOrDefault(plain, plain));
  }

  /** Returns what a mistyped or foreign word means; null if unknown. */
  static String meant(String word, Collection<String> known) {
    String meant = meaning(word, known);
    return meant == null ? NearestName.to(word, known) : meant;
  }

  private static String meaning(String word, Collection<String> known) {
    String plain = " " + plain(word) + " ";
    for (String line : MEANINGS) {
      int equals = line.indexOf(" = ");
      if ((line + " ").indexOf(plain, equals + 2) > 0) {
        String meant = line.substring(0, equals);
        int colon = meant.indexOf(':');
        if (known.contains(colon < 0 ? meant : meant.substring(0, colon))) {
          return meant;
        }
      }
    }
    return null;
  }

  private static String plain(String word) {
    String plain = word.replace("_", "").replace("-", "").toLowerCase(Locale.ROOT);
    String one = plain.endsWith("ies") ? plain.substring(0, plain.length() - 3) + "y" : plain;
    return one.endsWith("s") ? one.substring(0, one.length() - 1) : one;
  }
}
