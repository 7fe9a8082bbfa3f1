package dev.torc.clusters;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.torc.features.stores.RealServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A Slurm of the test's own on this machine, and a munge with its own key. Two nodes have 2 cpus,
 * 1000 MB and a partition each; jobs of a third partition take the second node from others; a
 * fourth has both nodes. A third node says that it has 64 cpus, for tests side by side. With
 * accounting, Slurm forgets a job two seconds after its end and has its history in a database of
 * its own, reached by a socket only. A keeper process lives as long as the test, holds the daemons,
 * and ends them and their jobs, also when the test is killed. Where Slurm cannot run a job, the
 * tests are skipped with its words.
 */
public final class RealSlurm implements AutoCloseable {

  /** Seconds until a Slurm that does not run a job is given up. */
  private static final int PATIENCE = 300;

  /** Holds the daemons, obeys its standard input, and ends the daemons when that ends. */
  private static final String KEEPER =
      """
      cd "$1" || exit 1
      export SLURM_CONF=$1/slurm.conf
      PATH=$PATH:/usr/sbin:/sbin
      umask 022
      munged --foreground --key-file=$1/key --socket=$1/munge --pid-file=$1/munge.pid \\
        --log-file=$1/munge.log --seed-file=$1/seed --num-threads=2 >munge.out 2>&1 &
      if [ -e slurmdbd.conf ]; then
        export MYSQL_UNIX_PORT=$1/sql
        user=$(id -un)
        mariadb-install-db --no-defaults --user="$user" --datadir="$1/data" --skip-test-db \
          --auth-root-authentication-method=normal >sql.out 2>&1
        mariadbd --no-defaults --user="$user" --datadir="$1/data" --socket="$1/sql" \
          --skip-networking --pid-file="$1/sql.pid" >>sql.out 2>&1 &
        for try in $(seq 100); do [ -S sql ] && break; sleep 0.1; done
        slurmdbd -D >accounts.out 2>&1 &
        for try in $(seq 100); do
          sacctmgr --immediate add cluster test >cluster.out 2>&1 && break
          sleep 0.1
        done
      fi
      start() { slurmctld -D >>controller.out 2>&1 & controller=$!; }
      stop() { kill "$controller"; wait "$controller"; }
      freeze() { kill -STOP "$controller"; }
      thaw() { kill -CONT "$controller"; }
      start
      slurmd -D -N n1 >n1.out 2>&1 &
      slurmd -D -N n2 >n2.out 2>&1 &
      slurmd -D -N n3 >n3.out 2>&1 &
      while read -r order; do $order; echo done; done
      for round in 1 2 3; do
        for file in $(grep -lsxzF "SLURM_CONF=$SLURM_CONF" /proc/[0-9]*/environ); do
          pid=${file#/proc/}
          kill -KILL "${pid%/environ}"
        done
      done
      rm -rf "$1"
      """;

  private final Path folder;
  private final int timeout;
  private final boolean accounting;
  private final boolean limits;
  private int accountsPort;
  private Process keeper;

  private RealSlurm(Path folder, int timeout, boolean accounting, boolean limits) {
    this.limits = limits;
    this.folder = folder;
    this.timeout = timeout;
    this.accounting = accounting;
  }

  /**
   * Starts a Slurm, and waits until it has run a job.
   *
   * @param timeout seconds that its programs wait for each other; a job that a node does not start
   *     within them is given to it again two minutes later
   */
  public static RealSlurm start(int timeout) throws Exception {
    return start(timeout, false, false);
  }

  /** Starts a Slurm with accounting, which forgets jobs soon after their end. */
  public static RealSlurm withAccounting() throws Exception {
    return start(30, true, false);
  }

  /** Starts a Slurm with accounting that enforces limits: its users need an account. */
  static RealSlurm withLimits() throws Exception {
    return start(30, true, true);
  }

  private static RealSlurm start(int timeout, boolean accounting, boolean limits) throws Exception {
    String programs = accounting ? PROGRAMS + " " + ACCOUNTING : PROGRAMS;
    String found = run(Map.of(), List.of("sh", "-c", MISSING, "sh", programs)).strip();
    if (!found.isEmpty() && "true".equals(System.getenv("CI"))) {
      fail(
          found
              + " is not installed: apt has slurmctld, slurmd, slurm-client, munge, slurmdbd,"
              + " mariadb-server-core and mariadb-client-core");
    }
    assumeTrue(found.isEmpty(), found + " is not installed");
    // A short name: the path of munge's socket, which contains it, has at most 107 bytes.
    RealSlurm slurm =
        new RealSlurm(Files.createTempDirectory("s").toRealPath(), timeout, accounting, limits);
    try {
      slurm.begin();
      return slurm;
    } catch (Throwable e) {
      slurm.close();
      throw e;
    }
  }

  private static final String PROGRAMS =
      "munged slurmctld slurmd sbatch salloc srun squeue scontrol scancel";

  private static final String ACCOUNTING =
      "sacct sacctmgr slurmdbd mariadbd mariadb-install-db my_print_defaults";

  private static final String MISSING =
      """
      PATH=$PATH:/usr/sbin:/sbin
      for p in $1; do
        command -v $p >/dev/null || { echo $p; break; }
      done
      """;

  private void begin() throws Exception {
    // munge wants its socket where all users reach it, its key where no other user does.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    byte[] key = new byte[1024];
    new SecureRandom().nextBytes(key);
    Files.createFile(
        folder.resolve("key"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(folder.resolve("key"), key);
    if (accounting) {
      accountsPort = RealServer.freePort();
    }
    Files.writeString(folder.resolve("slurm.conf"), settings());
    if (accounting) {
      Files.createFile(
          folder.resolve("slurmdbd.conf"),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(folder.resolve("slurmdbd.conf"), accounts());
    }
    for (String each : List.of("state", "spool-n1", "spool-n2", "spool-n3")) {
      Files.createDirectory(folder.resolve(each));
    }
    keeper =
        new ProcessBuilder("setsid", "sh", "-c", KEEPER, "sh", folder.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE);
    String said = "";
    if (limits) {
      String user = ask("id", "-un");
      while (!ask("sacctmgr", "-n", "list", "user", user).contains(user)
          && System.nanoTime() < end) {
        ask("sacctmgr", "-i", "add", "account", "lab", "cluster=test");
        ask("sacctmgr", "-i", "add", "user", user, "account=lab", "cluster=test");
        TimeUnit.MILLISECONDS.sleep(100);
      }
    }
    while (!said.equals("works") && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(100);
      said = ask("sinfo", "--noheader", "--format=%t").replace("\n", " ");
      said = said.equals("idle") ? probe() : said;
    }
    assumeTrue(said.equals("works"), "Slurm cannot run a job here: " + said);
  }

  private String probe() throws Exception {
    Path log = folder.resolve("probe");
    String said = ask("sbatch", "--wait", "--output=" + log, "--wrap=echo works");
    return Files.exists(log) ? Files.readString(log).strip() : said;
  }

  private String settings() throws Exception {
    String host = ask("uname", "-n").replaceFirst("\\..*", "");
    String user = ask("id", "-un");
    String storage =
        accounting
            ? """
            slurmdbd
            AccountingStorageHost=127.0.0.1
            AccountingStoragePort=%d
            AccountingStoragePass=%s/munge%s\
            """
                .formatted(
                    accountsPort, folder, limits ? "\nAccountingStorageEnforce=limits,qos" : "")
            : "none";
    return """
    ClusterName=test
    SlurmctldHost=%2$s(127.0.0.1)
    SlurmctldPort=%4$d
    SlurmUser=%3$s
    SlurmdUser=%3$s
    AuthType=auth/munge
    AuthInfo=socket=%1$s/munge
    CredType=cred/munge
    StateSaveLocation=%1$s/state
    SlurmdSpoolDir=%1$s/spool-%%n
    SlurmctldPidFile=%1$s/controller.pid
    SlurmdPidFile=%1$s/%%n.pid
    ProctrackType=proctrack/linuxproc
    TaskPlugin=task/none
    MpiDefault=none
    SelectType=select/cons_tres
    SelectTypeParameters=CR_CPU_Memory
    SchedulerParameters=sched_interval=1,sched_min_interval=0,batch_sched_delay=0,bf_interval=1
    PreemptType=preempt/partition_prio
    PreemptMode=CANCEL
    AccountingStorageType=accounting_storage/%9$s
    JobAcctGatherType=jobacct_gather/linux
    JobAcctGatherFrequency=task=1
    JobAcctGatherParams=OverMemoryKill
    SlurmdParameters=config_overrides
    MessageTimeout=%8$d
    MinJobAge=%10$d
    KillWait=10
    ReturnToService=2
    MailProg=/bin/true
    NodeName=n1,n2 NodeHostname=%2$s NodeAddr=127.0.0.1 Port=%5$d,%6$d CPUs=2 RealMemory=1000
    NodeName=n3 NodeHostname=%2$s NodeAddr=127.0.0.1 Port=%7$d CPUs=64 RealMemory=64000
    PartitionName=main Nodes=n1 Default=YES DefMemPerCPU=64
    PartitionName=low Nodes=n2 DefMemPerCPU=64 MaxTime=60 PriorityTier=1
    PartitionName=high Nodes=n2 DefMemPerCPU=64 PriorityTier=2
    PartitionName=both Nodes=n1,n2 DefMemPerCPU=64
    PartitionName=wide Nodes=n3 DefMemPerCPU=900
    """
        .formatted(
            folder,
            host,
            user,
            RealServer.freePort(),
            RealServer.freePort(),
            RealServer.freePort(),
            RealServer.freePort(),
            timeout,
            storage,
            accounting ? 2 : 3600);
  }

  private String accounts() throws Exception {
    return """
    AuthType=auth/munge
    AuthInfo=socket=%1$s/munge
    DbdHost=%2$s
    DbdAddr=127.0.0.1
    DbdPort=%4$d
    SlurmUser=%3$s
    PidFile=%1$s/accounts.pid
    StorageType=accounting_storage/mysql
    StorageHost=localhost
    StorageUser=root
    StorageLoc=accounts
    """
        .formatted(
            folder, ask("uname", "-n").replaceFirst("\\..*", ""), ask("id", "-un"), accountsPort);
  }

  /** The environment in which Slurm's commands find this Slurm; only PATH is the caller's. */
  public Map<String, String> env() {
    return Map.of(
        "SLURM_CONF", folder + "/slurm.conf", "PATH", System.getenv("PATH"), "HOME", "/nowhere");
  }

  /** Runs a command of Slurm as the cluster's administrator; fails the test if it prints text. */
  public void administer(String... words) throws Exception {
    String said = ask(words);
    if (!said.isEmpty()) {
      throw new AssertionError(said);
    }
  }

  /** Ends the controller, as for an update; jobs run on. */
  public void stopController() throws IOException {
    order("stop");
  }

  public void startController() throws IOException {
    order("start");
  }

  /** Stops the process of the controller, so that it hangs until {@link #thawController}. */
  public void freezeController() throws IOException {
    order("freeze");
  }

  public void thawController() throws IOException {
    order("thaw");
  }

  private void order(String order) throws IOException {
    keeper.getOutputStream().write((order + "\n").getBytes(StandardCharsets.UTF_8));
    keeper.getOutputStream().flush();
    keeper.inputReader().readLine();
  }

  @Override
  public void close() throws IOException {
    if (keeper != null) {
      keeper.getOutputStream().close();
      keeper.onExit().join();
    }
  }

  /** What one of Slurm's commands says on both streams. */
  String ask(String... words) throws Exception {
    return run(env(), List.of(words)).strip();
  }

  private static String run(Map<String, String> env, List<String> command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(env);
    Process process = builder.start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return text;
  }
}
