package dev.torc.features.reading;

import dev.torc.base.syntax.NearestName;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * Translates the keys and placeholders of other tools (make, Snakemake, Nextflow, DVC, Task, doit,
 * GitLab, NREL torc, PROMINENCE) for suggestions in messages. {@link NearestName} finds mistyped
 * words.
 */
final class ForeignWords {

  /**
   * What to write in a build file, then the words of other tools for it, without {@code _}, {@code
   * -} and a final {@code s}. A row holds where the key that it begins with is known, so that a
   * word can have several meanings; a sentence behind {@code ;} without a key, for jobs and at the
   * top level. The first row counts.
   */
  static final List<String> ROWS =
      """
      ; write sandbox: true, and the job runs in a folder of its own = shadow scratch
      ; write vars at the top level and {NAME} in the command, or needs: {file: params.yaml, keys: [NAME]} = param
      ; vars belong to the top level; for this job alone write env = var
      ; write its keys in the job itself = do
      ; write a YAML anchor and <<: *NAME, or defaults at the top level = extend
      ; name a counter: limits: {NAME: 1} at the top level, resources: {NAME: 1} in the jobs = concurrency maxfork maxparallel mutex parallelism resourcegroup
      ; write env: {NAME: {secret: true}} = secret
      ; write executors at the top level and executor: NAME in the job = queue account qo partition
      ; write args of an executor, in executors at the top level = clusteroption
      ; write {NAME:REGEX} in match = wildcardconstraint
      ; write after: JOB, or leave a source out of needs = ancient
      ; a group over {products: JOB} gets its jobs during the build = checkpoint
      ; torc always compares contents; leave it out = method
      ; leave it out, and call torc watch = watch
      ; torc starts none; start it in the command, and stop it by trap = service
      ; torc calls no actions; write command = use
      ; torc calls no wrappers; write command = wrapper
      ; torc keeps the output of each job; see torc log JOB = log
      ; torc measures each job; see torc stats = benchmark
      ; products stay where the command makes them; name the folders in produces, as out/ = outputdir
      ; products stay where the command makes them; name the files in produces = outputfile
      ; write produces for files that it makes, a job with fetch for others = artifact
      ; torc mounts nothing; needs may name files anywhere, and roots the folders to write to = storage
      ; torc sends none; write hooks: {finish: COMMAND} at the top level = notification
      ; write retries, priority and resources: {runtime: 12h} in the job or in defaults = policy
      not; a condition asks only whether a var is set and not false; name a var for it = i equal eq value matche
      needs = in input inputfile src source dep filedep prerequisite require dependency
      produces = out output outdir publishdir target generate create product metric plot
      command = cmd run script sh shellcommand bash exec action execute invocationscript
      after = order orderonly taskdep
      needs: {job: NAME} = depend dependson dependsonjob upstream parent
      resources: {cpus: 4} = thread core cpu ncpu numcpu ntask
      resources: {memory: 4GiB} = mem memmb memory ram
      resources: {gpus: 1} = gpu numgpu
      resources: {runtime: 10m} = time timeout timelimit walltime runtime timeoutminute
      resources = resourcerequirement
      cpus = thread core cpu ncpu numcpu ntask cpuspertask
      memory = mem memmb memgb memmib memgib ram
      disk = diskmb diskmib diskgb
      gpus = gpu numgpu
      runtime = time timeout timelimit walltime
      parameters = matrix foreach wildcard sweep useparameter strategy scatter for loop parallel
      dir = workdir wdir cwd chdir workingdir workingdirectory
      env = environment environmentvariable
      fetch = url uri download
      sha256 = md5 sha1 sha512 sha checksum hash digest md5sum sha256sum
      retries = maxretry attempt maxattempt errorstrategy
      image = docker container singularity apptainer
      tags = label group stage
      temporary = temp tmp
      persist = preciou keep
      description = desc doc help message
      jobs = task step rule target stage job proces processe recipe
      vars = variable config configfile parameter
      env: [.env] = dotenv envfile
      env = variable passthroughenv envvar
      shell = set shopt unixshell interpreter
      output = silent quiet debug outputmode outputlog
      environment = conda condaenv envmodule module venv virtualenv uv pixi spack
      frozen: true = protected lock
      executor: local = localrule local
      hooks = onsucces onerror onstart oncomplete onfailure
      exists = file path
      job = task rule target stage step
      include = import module subworkflow
      when: {os: linux} = platform
      when: {exists: FILE} = precondition
      when: {var: NAME} = if only except condition rule runif
      probe: COMMAND = statu uptodate
      always: true = alwayschanged phony alwaysrun
      allow_failure: true = continueonerror ignoreerror
      interactive: true = tty prompt
      tasks = step beforescript
      executor = runson
      """
          .lines()
          .toList();

  private ForeignWords() {}

  /**
   * Returns a hint such as {@code "; did you mean X?"} for a mistyped or foreign word; otherwise
   * {@code otherwise}.
   */
  static String hint(String word, Collection<String> known, String otherwise) {
    String sentence = row(word, known, true);
    String meant = sentence == null ? meant(word, known) : null;
    return sentence != null
        ? sentence.substring(sentence.indexOf(';'))
        : meant == null ? otherwise : "; did you mean " + meant + "?";
  }

  /** Returns what a mistyped or foreign word means; null if unknown. */
  static String meant(String word, Collection<String> known) {
    String meant = row(word, known, false);
    return meant == null ? NearestName.to(word, known) : meant;
  }

  private static String row(String word, Collection<String> known, boolean sentence) {
    String plain = " " + plain(word) + " ";
    for (String row : ROWS) {
      int equals = row.lastIndexOf(" = ");
      String says = row.substring(0, equals);
      String key = says.split("[:;]", 2)[0];
      boolean holds =
          key.isEmpty() ? known.contains("command") || known.contains("jobs") : known.contains(key);
      if (holds && says.contains(";") == sentence && (row + " ").indexOf(plain, equals + 2) > 0) {
        return says;
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
