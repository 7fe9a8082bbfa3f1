package dev.torc.front.server;

import dev.torc.base.posix.CallingProcess;
import dev.torc.base.posix.Descriptor;
import dev.torc.base.posix.Environment;
import dev.torc.base.posix.OtherProcess;
import dev.torc.base.posix.OwnUser;
import dev.torc.base.posix.Signals;
import dev.torc.base.posix.Terminal;
import dev.torc.base.syntax.BadInput;
import dev.torc.front.ask.Call;
import dev.torc.front.cli.Main;
import dev.torc.front.session.Exit;
import dev.torc.front.show.Console;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One call of a client, which the server runs with the client's streams, folder, environment and
 * umask. Until the call has its first effect, the server may refuse it; the client then runs it in
 * a JVM of its own. Before the first effect, {@link #begin} tells the client that the call is
 * accepted. From then on, the client waits for the result and never runs the call itself.
 */
final class ServedCall implements CallingProcess {

  /** Thrown if the server must not run a call; the client then runs it itself. */
  static final class Cold extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Cold(String why) {
      super(why, null, false, false);
    }
  }

  /**
   * The commands that are served. Others may wait for a long time, write files of their own, or
   * report on their process.
   */
  private static final Set<String> SERVED =
      Set.of("build check data graph history list log status why".split(" "));

  /** Variables that show that a call is part of another program's run; it is then not served. */
  private static final Set<String> INSIDE =
      Set.of("CI MAKELEVEL TORC_BUILD TORC_BUILDS TORC_TRAINING".split(" "));

  private static final int OUT = 6; // descriptors of the client's standard output and error:
  private static final int ERR = 5; // a shell sometimes redirects 1 and 2 for its own use
  private static final long LOOK = 10_000_000; // nanoseconds between checks whether it is stopped
  private static final long GRACE = 1_000_000_000; // nanoseconds for a call to end after a signal

  final OtherProcess client;
  private final int count; // number of the call's arguments
  private final Descriptor reply;
  private final AtomicReference<Object> handedOn;
  private final Signals signals = new Signals(this::begin, _ -> Server.halt(), Signals.LIMIT);
  private final long heap = Math.max(72L << 20, Runtime.getRuntime().totalMemory() / 8 * 9);
  private Environment environment;
  private volatile ClientStream err; // null while the streams are not open
  private long looked = System.nanoTime();
  private boolean paused; // whether writes have found the client stopped
  private boolean stopped; // whether the jobs have been stopped
  private boolean begun;
  private boolean answered;
  private boolean gone;
  private volatile long expires = Long.MAX_VALUE; // end of GRACE after a signal, by System.nanoTime
  private String cold; // why it is refused; null if it is not

  ServedCall(OtherProcess client, int count, Descriptor reply, AtomicReference<Object> handedOn) {
    this.handedOn = handedOn;
    this.client = client;
    this.count = count;
    this.reply = reply;
  }

  /** Runs the call and answers the client. */
  void run(Server server) {
    long start = System.nanoTime();
    String said;
    String word = "c";
    try {
      int exit = make(server);
      said = cold == null ? "served: status " + exit : "refused: " + cold;
      word = cold == null ? "e" + exit : word;
    } catch (Cold e) {
      said = "refused: " + e.getMessage();
    } catch (IOException | RuntimeException e) {
      said = "refused: " + e;
    }
    long took = (System.nanoTime() - start) / 1000;
    server.endCall(client.pid() + " " + said + ", " + took + " us");
    answer(word);
  }

  private int make(Server server) throws IOException {
    String status = client.text("status");
    String other = server.context().difference(CallerContext.of(client, status));
    if (other != null) {
      server.refusedContext();
      throw new Cold("context: " + other);
    }
    List<byte[]> words = client.texts("cmdline");
    Path folder = Path.of(client.path("cwd")).toRealPath();
    if (!Path.of(folder.toString()).equals(folder)) {
      throw new Cold("a folder whose path is not valid UTF-8");
    }
    int first = words.size() - count;
    if (first < 1 || !server.isOwn(folder.resolve(text(words.get(first - 1))))) {
      throw new Cold("another torc");
    }
    List<byte[]> given = client.texts("environ");
    given.removeIf(entry -> text(entry).startsWith("TORC_CALLER_")); // set by the launcher
    server.importAsShell(client, given);
    environment = new Environment(given);
    check(server, environment.asMap());
    OwnUser.setUmask(umask(status));
    OwnUser.enter(folder); // relative names are found faster
    try (ClientStream out = new ClientStream(client, OUT, this);
        ClientStream last = new ClientStream(client, ERR, this)) {
      err = last;
      server.served();
      String[] arguments =
          words.subList(first, words.size()).stream().map(ServedCall::text).toArray(String[]::new);
      return server
          .main()
          .with(call -> perform(call, server), this)
          .call(arguments, console(out, last, folder));
    } finally {
      err = null;
      OwnUser.enter(Path.of("/")); // so that the folder's disk can be unmounted
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /**
   * Refuses an environment that affects the JVM itself, or that shows that a build is the caller.
   */
  private static void check(Server server, Map<String, String> env) {
    for (String name : INSIDE) {
      if (!env.getOrDefault(name, "").isEmpty()) {
        throw new Cold(name + " is set");
      }
    }
    if (env.getOrDefault("MAKEFLAGS", "").contains("--jobserver")) {
      throw new Cold("make's jobserver");
    }
    server.compare(env);
    if (!env.getOrDefault("TORC_CACHE", "/").startsWith("/")
        || !(":" + env.getOrDefault("PATH", "/")).matches("(:/[^:]*)+")) {
      throw new Cold("a relative path in TORC_CACHE or PATH");
    }
  }

  private static int umask(String status) {
    int at = status.indexOf("Umask:");
    if (at < 0) {
      throw new Cold("unknown umask");
    }
    return Integer.parseInt(status.substring(at + 6, status.indexOf('\n', at)).strip(), 8);
  }

  private Console console(ClientStream out, ClientStream last, Path folder) {
    long now = System.nanoTime();
    InputStream in =
        new InputStream() {
          @Override
          public int read() {
            refuse("standard input");
            return -1;
          }
        };
    Console.Terminals terminals =
        new Console.Terminals(
            out.file.isTerminal(),
            last.file.isTerminal(),
            () -> client.isInBackground() ? -1 : Terminal.width(last.file.number()));
    return new Console(
        in,
        Console.writer(out, "standard output", terminals.out()),
        Console.writer(last, "standard error", terminals.err()),
        environment.asMap(),
        folder,
        terminals,
        () -> now);
  }

  /** Runs a command that is served; refuses others, and commands that read standard input. */
  private int perform(Call call, Server server) throws IOException {
    if (!SERVED.contains(call.command()) || call.has("--follow")) {
      refuse("torc " + call.command());
    } else if (call.readsInput()) {
      refuse("standard input");
    }
    try {
      return Main.perform(call);
    } catch (VirtualMachineError full) {
      server.end("after " + full); // the next call must not find what this one left
      throw full;
    }
  }

  @Override
  public void refuse(String why) {
    synchronized (this) {
      if (!begun) {
        cold = cold == null ? why : cold;
        throw new Cold(why);
      }
    }
    throw new BadInput("%s: call torc again".formatted(why));
  }

  @Override
  public boolean isOwn() {
    return false;
  }

  @Override
  public Environment environment() {
    return environment;
  }

  @Override
  public Signals signals() {
    return signals;
  }

  @Override
  public AtomicReference<Object> handedOn() {
    return handedOn;
  }

  @Override
  public long pid() {
    return client.pid();
  }

  @Override
  public long heap() {
    return heap;
  }

  /**
   * Tells the client, once, that the call begins. Returns false if the client already has its
   * answer, is gone, or the call was refused.
   */
  synchronized boolean begin() {
    if (answered || gone || cold != null) {
      return false;
    }
    if (!begun) {
      begun = true;
      reply("t");
    }
    return true;
  }

  /** Tells the client how the call ended; only the first answer counts. */
  synchronized void answer(String word) {
    if (!answered) {
      answered = true;
      reply(word);
    }
  }

  /** Tells the client to go cold; repeated for a client that found the slot refused already. */
  synchronized void goCold() {
    answered = true;
    reply("c");
  }

  private void reply(String word) {
    try {
      byte[] line = (word + "\n").getBytes(StandardCharsets.US_ASCII);
      reply.write(line, 0, line.length);
    } catch (IOException gone) {
      // the server's loop sees it, and ends the call
    }
  }

  /** Returns true if the client is not stopped; otherwise waits a moment and returns false. */
  boolean awaitContinued() {
    if (isContinued()) {
      return true;
    }
    try {
      Thread.sleep(LOOK / 1_000_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  private synchronized boolean isContinued() {
    long now = System.nanoTime();
    if (now - looked > LOOK) {
      looked = now;
      paused = client.isStopped();
    }
    return !paused;
  }

  /**
   * Stops or continues the call's jobs if the client was stopped or continued. Only one thread may
   * call it.
   */
  void follow() {
    boolean now = client.isStopped();
    if (now != stopped) {
      stopped = now;
      signals.pause(now);
    }
  }

  /**
   * Passes on a signal that the client received. If no work handles the signal, it ends the call,
   * as it would end a process.
   */
  void signal(int number) {
    if (!signals.handOver(number)) {
      answer("e" + Exit.signal(number));
      expires = System.nanoTime() + GRACE;
    }
  }

  /** Returns whether the call is still running some time after a signal ended it for the client. */
  boolean isExpired() {
    return expires != Long.MAX_VALUE && System.nanoTime() - expires > 0;
  }

  synchronized void markGone() {
    gone = true;
  }

  synchronized boolean isAnswered() {
    return answered;
  }

  synchronized boolean isGone() {
    return gone;
  }

  /** Tells the client that a thread of the server failed, which ends the server. */
  void tellBroken(byte[] said) throws IOException {
    ClientStream to = err;
    if (to != null) {
      to.write(said, 0, said.length);
    }
    answer(begun ? "e" + Exit.TROUBLE : "c");
  }
}
