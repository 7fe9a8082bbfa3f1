package dev.torc;

import dev.torc.cli.Run;
import dev.torc.records.Unclosed;
import java.io.FileDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.instrument.ClassDefinition;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

/**
 * A Java agent for a JVM that runs one build after another, each of which ends, as by {@code kill
 * -9}, just before a step: a change of a file by whatever code, a commit of the database, or a
 * program that it starts. The first step before which none was ended is the next, and so all have
 * their turn, whatever order threads take them in, also one that is added to torc later. It does
 * not know what torc does there.
 *
 * <p>A build that ended does nothing any more: each of its threads stops for ever at its next
 * change. What it holds goes with the JVM, which is killed when the last of them has ended: files
 * that are locked, a database in the midst of a transaction. {@link KillWalk} starts the JVM.
 */
public final class KillAgent implements BiConsumer<String, Object> {

  /** The status of a build that was ended. */
  static final int EXIT = 137;

  /** What is done more often in one build is done as before. */
  private static final int MOST = 2;

  /** What makes a step, by class. */
  private static final Map<String, Set<String>> CALLS =
      Map.of(
          "sun.nio.fs.UnixNativeDispatcher",
          Set.of(
              "open", "mkdir", "rename", "unlink", "rmdir", "link", "symlink", "chmod", "fchmod"),
          "sun.nio.fs.LinuxFileSystem",
          Set.of("directCopy"),
          "sun.nio.ch.UnixFileDispatcherImpl",
          Set.of("write", "pwrite", "writev", "truncate"),
          "java.io.FileOutputStream",
          Set.of("open"),
          "java.lang.ProcessImpl",
          Set.of("start"),
          "dev.torc.posix.Spawn",
          Set.of("start"),
          "org.lmdbjava.Txn",
          Set.of("commit"));

  /** What differs from run to run: random ids, digests of texts with a time, counters. */
  private static final Pattern OTHERWISE =
      Pattern.compile(
          "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=/)[0-9a-f]{64}\\b|(?<=/tmp/)[0-9]+");

  /** Stands for the file of a descriptor. */
  private static final String OPENED = "";

  private static Instrumentation instrumentation;

  /** What a thread opened last for writing: it writes to that. */
  private final ThreadLocal<String> opened = ThreadLocal.withInitial(() -> "");

  /** The build to which a thread belongs; null for none. */
  private final InheritableThreadLocal<Build> builds = new InheritableThreadLocal<>();

  private final Set<String> before;
  private final String from;
  private final String until;

  private KillAgent(Set<String> before, String from, String until) {
    this.before = before;
    this.from = from;
    this.until = until;
  }

  /** A build, which may end before a step. */
  private static final class Build {
    final String root;
    final CountDownLatch over = new CountDownLatch(1);
    final Map<String, Integer> times = new HashMap<>();
    boolean counts;
    volatile String step; // before which it ended
    volatile Run run; // what it came to where none was left

    Build(Path root) {
      this.root = root + "/";
    }
  }

  /** The JVM's agent has nothing to do before {@link #main}. */
  public static void premain(String text, Instrumentation jvm) {
    instrumentation = jvm;
  }

  /**
   * Ends builds one after another, each in a copy of a project, until one comes to its end.
   * Arguments: the file for the steps, a text that the first step has, a text that comes after the
   * last, the project, a folder for the copies, lines that are run in each first, and torc's own.
   * In the folder stands beside each copy what became of it.
   */
  public static void main(String[] given) throws Exception {
    Set<String> before = new LinkedHashSet<>();
    KillAgent agent = new KillAgent(before, given[1], given[2]);
    System.getProperties().put(KillAgent.class.getName(), agent); // Java's classes see no other
    List<ClassDefinition> all = new ArrayList<>();
    for (Map.Entry<String, Set<String>> each : CALLS.entrySet()) {
      Class<?> type = Class.forName(each.getKey(), false, KillAgent.class.getClassLoader());
      byte[] bytes = changed(bytes("/" + file(each.getKey())), each.getValue());
      all.add(new ClassDefinition(type, bytes));
    }
    instrumentation.redefineClasses(all.toArray(ClassDefinition[]::new));
    Path whole = Files.createDirectory(Path.of(given[4], "whole"));
    Files.writeString(whole.resolve("torc.yaml"), "jobs: { a: { command: 'true' } }");
    Run.of(whole); // what the JVM does once is done: no build ends in the midst of that
    boolean more = true;
    for (int i = 0; more; i++) {
      Path root = Path.of(given[4], Integer.toString(i));
      sh(root.getParent(), "cp -a '" + given[3] + "' " + i);
      Unclosed.asClosed(root);
      for (String line : given[5].lines().toList()) {
        if (!line.startsWith("torc ")) {
          sh(root, line);
        } else if (Run.of(root, line.substring("torc ".length())).exit() != 0) {
          throw new IOException(line);
        }
      }
      more = agent.ends(root, List.of(given).subList(6, given.length).toArray(String[]::new));
    }
    Files.write(Path.of(given[0]), before);
    Runtime.getRuntime().halt(EXIT);
  }

  private static void sh(Path folder, String line) throws Exception {
    ProcessBuilder sh = new ProcessBuilder("sh", "-c", line).directory(folder.toFile()).inheritIO();
    if (sh.start().waitFor() != 0) {
      throw new IOException(line);
    }
  }

  /** A build; returns whether it was ended. */
  private boolean ends(Path root, String... args) throws Exception {
    Build build = new Build(root);
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              builds.set(build);
              Run run = Run.of(root, args);
              synchronized (build) {
                build.run = build.step == null ? run : null;
              }
              build.over.countDown();
            });
    build.over.await();
    boolean ended = build.run == null;
    String said = ended ? "killed before " + build.step : build.run.err();
    Files.writeString(Path.of(root + ".exit"), "" + (ended ? EXIT : build.run.exit()));
    Files.writeString(Path.of(root + ".said"), said);
    return ended;
  }

  private static String file(String type) {
    return type.replace('.', '/') + ".class";
  }

  private static byte[] bytes(String path) throws IOException {
    try (InputStream in = KillAgent.class.getResourceAsStream(path)) {
      return in.readAllBytes();
    }
  }

  /** The class with the agent called first by some of its methods. */
  private static byte[] changed(byte[] type, Set<String> methods) {
    ClassFile file = ClassFile.of();
    return file.transformClass(
        file.parse(type),
        (all, each) -> {
          if (each instanceof MethodModel method
              && method.code().isPresent()
              && methods.contains(method.methodName().stringValue())) {
            all.transformMethod(method, MethodTransform.transformingCode(new First(method)));
          } else {
            all.with(each);
          }
        });
  }

  /** A call on something is next: it may be a step. */
  @Override
  public void accept(String call, Object on) {
    Build build = builds.get();
    if (build == null) {
      return;
    }
    String what =
        on instanceof FileDescriptor || OPENED.equals(on)
            ? opened.get()
            : on instanceof Object[] words ? String.valueOf(words[words.length - 1]) : "" + on;
    what = what.replace(build.root, "");
    what = OTHERWISE.matcher(what).replaceAll("*").replace('\n', ' ');
    if (call.equals("open")) {
      opened.set(what);
    }
    synchronized (build) {
      build.counts = (build.counts || what.contains(from)) && !what.contains(until);
      int time = build.counts ? build.times.merge(call + " " + what, 1, Integer::sum) : MOST + 1;
      String step = call + " " + what + " #" + time;
      if (build.run == null && build.step == null && time <= MOST && before.add(step)) {
        build.step = step;
        build.over.countDown();
      }
    }
    while (build.step != null) {
      LockSupport.park();
      Thread.interrupted(); // or it would not wait any more
    }
  }

  /** Puts the call before the first instruction. */
  private record First(MethodModel method) implements CodeTransform {

    private static final ClassDesc AGENT = BiConsumer.class.describeConstable().orElseThrow();
    private static final ClassDesc PROPERTIES = Properties.class.describeConstable().orElseThrow();
    private static final ClassDesc PATH = ClassDesc.of("sun.nio.fs.UnixPath");
    private static final ClassDesc SYSTEM = System.class.describeConstable().orElseThrow();

    @Override
    public void atStart(CodeBuilder code) {
      MethodTypeDesc type = method.methodTypeSymbol();
      boolean flags =
          type.parameterCount() > 1 && type.parameterType(1).equals(ConstantDescs.CD_int);
      if (flags && method.methodName().equalsString("open")) { // those of open(2): 0 reads
        code.iload(code.parameterSlot(1)).iconst_3().iand().ifThen(this::call);
      } else {
        call(code);
      }
    }

    private void call(CodeBuilder code) {
      MethodTypeDesc type = method.methodTypeSymbol();
      code.invokestatic(SYSTEM, "getProperties", MethodTypeDesc.of(PROPERTIES))
          .ldc(KillAgent.class.getName())
          .invokevirtual(
              PROPERTIES,
              "get",
              MethodTypeDesc.of(ConstantDescs.CD_Object, ConstantDescs.CD_Object))
          .checkcast(AGENT)
          .ldc(method.methodName().stringValue());
      if (type.parameterCount() == 0) {
        code.aconst_null();
      } else if (type.parameterType(0).isPrimitive()) {
        code.ldc(OPENED);
      } else if (type.parameterCount() == 2 && type.parameterType(1).equals(PATH)) {
        two(code, type.parameterType(0).equals(PATH));
      } else {
        code.aload(code.parameterSlot(0));
      }
      code.invokeinterface(
          AGENT,
          "accept",
          MethodTypeDesc.of(
              ConstantDescs.CD_void, ConstantDescs.CD_Object, ConstantDescs.CD_Object));
    }

    /** Names two paths; or the second alone, where the first is the text of a link. */
    private static void two(CodeBuilder code, boolean both) {
      MethodTypeDesc concat = MethodTypeDesc.of(ConstantDescs.CD_String, ConstantDescs.CD_String);
      MethodTypeDesc text = MethodTypeDesc.of(ConstantDescs.CD_String);
      if (both) {
        code.aload(code.parameterSlot(0)).invokevirtual(PATH, "toString", text);
        code.ldc(" ").invokevirtual(ConstantDescs.CD_String, "concat", concat);
      }
      code.aload(code.parameterSlot(1)).invokevirtual(PATH, "toString", text);
      if (both) {
        code.invokevirtual(ConstantDescs.CD_String, "concat", concat);
      }
    }

    @Override
    public void accept(CodeBuilder code, CodeElement element) {
      code.with(element);
    }
  }
}
