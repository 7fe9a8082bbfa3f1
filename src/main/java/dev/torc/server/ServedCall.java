package dev.torc.server;

import dev.torc.ask.Call;
import dev.torc.cli.Main;
import dev.torc.posix.CallingProcess;
import dev.torc.posix.Descriptor;
import dev.torc.posix.Environment;
import dev.torc.posix.OtherProcess;
import dev.torc.posix.OwnUser;
import dev.torc.posix.Signals;
import dev.torc.posix.Terminal;
import dev.torc.session.Exit;
import dev.torc.show.Console;
import dev.torc.syntax.BadInput;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One call of a client, which the server answers with its streams, folder, environment and umask.
 * Until the call had an effect that a second run of it would show, it may still be refused; the
 * client then makes it by itself. What it begins, it ends: the client is told before the first
 * effect, and never makes such a call again.
 */
final class ServedCall implements CallingProcess {

  /** The call is not for this server: the client makes it. */
  static final class Cold extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Cold(String why) {
      super(why, null, false, false);
    }
  }

  /** Other commands wait for long, write files of their own, or tell of the process. */
  private static final Set<String> SERVED =
      Set.of("build check data graph history list log stats status why".split(" "));

  /** Variables that make a call part of another one. */
  private static final Set<String> INSIDE =
      Set.of("CI MAKELEVEL TORC_BUILD TORC_BUILDS TORC_TRAINING".split(" "));

  private static final int OUT = 6; // where the client has its standard output and error:
  private static final int ERR = 5; // a shell lends its own to other files now and then
  private static final long LOOK = 10_000_000; // nanoseconds
  private static final long GRACE = 1_000_000_000;

  private final OtherProcess client;
  private final int count; // of arguments
  private final Descriptor reply;
  private final AtomicReference<Object> handedOn;
  private final Signals signals = new Signals(this::begin, _ -> Server.halt(), Signals.LIMIT);
  private final long heap = Math.max(72L << 20, Runtime.getRuntime().totalMemory() / 8 * 9);
  private Environment environment;
  private volatile ClientStream err; // null while the streams are not open
  private long looked = System.nanoTime();
  private boolean paused; // as writes see it
  private boolean stopped; // as jobs were told
  private boolean begun;
  private boolean answered;
  private boolean gone;
  private volatile long expires = Long.MAX_VALUE; // by System.nanoTime
  private String cold; // why it is refused; null if it is not

  ServedCall(OtherProcess client, int count, Descriptor reply, AtomicReference<Object> handedOn) {
    this.handedOn = handedOn;
    this.client = client;
    this.count = count;
    this.reply = reply;
  }

  OtherProcess client() {
    return client;
  }

  /** Makes the call and answers the client. */
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
    String other = server.context().difference(CallerContext.of(client));
    if (other != null) {
      server.refusedContext();
      throw new Cold("context: " + other);
    }
    List<byte[]> words = client.texts("cmdline");
    Path folder = Path.of(client.path("cwd")).toRealPath();
    int first = words.size() - count;
    if (first < 1 || !server.isOwn(folder.resolve(text(words.get(first - 1))))) {
      throw new Cold("another torc");
    }
    List<byte[]> given = client.texts("environ");
    given.removeIf(entry -> text(entry).startsWith("TORC_CALLER_")); // the launcher's own
    environment = new Environment(given);
    check(server, environment.asMap());
    OwnUser.setUmask(umask());
    OwnUser.enter(folder); // names in it are found in fewer steps
    try (ClientStream out = new ClientStream(client, OUT, this);
        ClientStream last = new ClientStream(client, ERR, this)) {
      err = last;
      server.served();
      String[] arguments =
          words.subList(first, words.size()).stream().map(ServedCall::text).toArray(String[]::new);
      return new Main(call -> perform(call, server), this)
          .call(arguments, console(out, last, folder));
    } finally {
      err = null;
      OwnUser.enter(Path.of("/")); // so that the folder's disk can be unmounted
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Refuses environments that decide about the process itself, or about a build around it. */
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

  private int umask() {
    String status = client.text("status");
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
    return new Console(
        in,
        Console.writer(out, "standard output"),
        Console.writer(last, "standard error"),
        environment.asMap(),
        folder,
        new Console.Terminals(
            out.file().isTerminal(),
            last.file().isTerminal(),
            () -> client.isInBackground() ? -1 : Terminal.width(last.file().number())),
        () -> now);
  }

  /** Performs a command that is served; refuses others, and input that only the client can read. */
  private int perform(Call call, Server server) throws IOException {
    if (!SERVED.contains(call.command()) || call.has("--follow")) {
      refuse("torc " + call.command());
    } else if (call.readsInput()) {
      refuse("standard input");
    }
    try {
      return Main.perform(call);
    } catch (VirtualMachineError full) {
      server.end("after " + full); // the next call shall not find what this one left
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

  /** Tells the client, once, that the call begins; returns whether it may still be told things. */
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

  private void reply(String word) {
    try {
      byte[] line = (word + "\n").getBytes(StandardCharsets.US_ASCII);
      reply.write(line, 0, line.length);
    } catch (IOException e) {
      gone = true;
    }
  }

  /** Returns whether the client is not stopped; waits a little if it is. */
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
   * Stops what runs, or lets it continue, as the client was stopped or continued; for one thread.
   */
  void follow() {
    boolean now = client.isStopped();
    if (now != stopped) {
      stopped = now;
      signals.pause(now);
    }
  }

  /** Hands on a signal that the client got. Without jobs it ends the call, as it ends a process. */
  void signal(int number) {
    if (!signals.handOver(number)) {
      answer("e" + Exit.signal(number));
      expires = System.nanoTime() + GRACE;
    }
  }

  /** Returns whether the call continues though a signal has ended it for the client a while ago. */
  boolean isExpired() {
    return expires != Long.MAX_VALUE && System.nanoTime() - expires > 0;
  }

  /** Notes that the client is gone. */
  synchronized void markGone() {
    gone = true;
  }

  synchronized boolean isAnswered() {
    return answered;
  }

  synchronized boolean isGone() {
    return gone;
  }

  /** Tells the client that a thread of the server broke, which ends the server. */
  void tellBroken(byte[] said) throws IOException {
    ClientStream to = err;
    if (to != null) {
      to.write(said, 0, said.length);
    }
    answer(begun ? "e" + Exit.TROUBLE : "c");
  }
}
