package dev.torc.kills;

import dev.torc.core.memory.Unclosed;
import dev.torc.front.cli.Run;
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
 * A Java agent for a JVM that runs one build after another and ends each, as by {@code kill -9},
 * just before a step: a change of a file by any code, a commit of the database, or the start of a
 * program. A build is ended at its first step before which no earlier one was. So each step has its
 * turn, in whatever order threads take them, also one that is added to torc later: the agent does
 * not know what torc does at a step. For a sample, a build goes on at the steps between.
 *
 * <p>An ended build does nothing anymore: each of its threads stops for ever at its next step. What
 * it holds (locked files, a database in the midst of a transaction) goes with the JVM, which is
 * killed after the last build. {@link KillWalk} starts the JVM.
 */
public final class KillAgent implements BiConsumer<String, Object> {

  /** The exit status of a build that was ended. */
  static final int EXIT = 137;

  /** How many equal calls of one build are steps; it is not ended before later ones. */
  private static final int MOST = 2;

  /** More builds than any walk takes: some step has another name in each of them. */
  private static final int BUILDS = 1000;

  /** The methods whose calls are steps, by class. */
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
          "dev.torc.base.posix.FolderHandle",
          Set.of("unlink", "rmdir", "rename"),
          "dev.torc.base.posix.Spawn",
          Set.of("start"),
          "org.lmdbjava.Txn",
          Set.of("commit"));

  /** What differs from run to run: random ids, digests of texts with a time, counters. */
  private static final Pattern OTHERWISE =
      Pattern.compile(
          "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=/)[0-9a-f]{64}\\b|(?<=/(tmp|moving)/)[0-9]+");

  /** Stands for the file of a descriptor, of which a call gives only the number. */
  private static final String OPENED = "";

  private static Instrumentation instrumentation;

  /** The path that a thread opened last for writing: its writes are taken to go to this file. */
  private final ThreadLocal<String> opened = ThreadLocal.withInitial(() -> "");

  /** The build to which a thread belongs; null for none. */
  private final InheritableThreadLocal<Build> builds = new InheritableThreadLocal<>();

  private final Set<String> before;
  private final String from;
  private final String until;

  private final int share;
  private final int first;

  private KillAgent(Set<String> before, String from, String until, int share, int first) {
    this.before = before;
    this.share = share;
    this.first = first;
    this.from = from;
    this.until = until;
  }

  /** A build, which may end before a step. */
  private static final class Build {
    final String root;
    final CountDownLatch over = new CountDownLatch(1);
    final Map<String, Integer> times = new HashMap<>();
    boolean counts;
    volatile String step; // the step before which it was ended; null for none
    volatile Run run; // its result where it was not ended

    Build(Path root) {
      this.root = root + "/";
    }
  }

  /** Keeps the instrumentation; {@link #main} does the rest. */
  public static void premain(String text, Instrumentation jvm) {
    instrumentation = jvm;
  }

  /**
   * Ends builds one after another, each in a copy of a project, until one comes to its end.
   * Arguments: the file for the steps, a text in the first step, a text in the call after the last
   * step, the project, a folder for the copies, lines that are run in each copy first, n and the
   * rest that the number of a step leaves when divided by n if builds are ended there, and torc's
   * own. Beside each copy, {@code .exit} and {@code .said} tell how its build ended.
   */
  public static void main(String[] given) throws Exception {
    Set<String> before = new LinkedHashSet<>();
    KillAgent agent =
        new KillAgent(
            before, given[1], given[2], Integer.parseInt(given[6]), Integer.parseInt(given[7]));
    System.getProperties().put(KillAgent.class.getName(), agent); // the JDK's classes find it here
    List<ClassDefinition> all = new ArrayList<>();
    for (Map.Entry<String, Set<String>> each : CALLS.entrySet()) {
      Class<?> type = Class.forName(each.getKey(), false, KillAgent.class.getClassLoader());
      byte[] bytes = changed(bytes("/" + file(each.getKey())), each.getValue());
      all.add(new ClassDefinition(type, bytes));
    }
    instrumentation.redefineClasses(all.toArray(ClassDefinition[]::new));
    Path whole = Files.createDirectory(Path.of(given[4], "whole"));
    Files.writeString(whole.resolve("torc.yaml"), "jobs: { a: { command: 'true' } }");
    Run.of(whole); // what the JVM does only once is done before the builds
    boolean more = true;
    for (int i = 0; more; i++) {
      if (i == BUILDS) {
        throw new IllegalStateException("steps have new names in each build: " + before);
      }
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
      more = agent.ends(root, List.of(given).subList(8, given.length).toArray(String[]::new));
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

  /** Runs a build. Returns true where it was ended, false where it had no new step. */
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

  /** A class file in which the given methods call the agent first. */
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

  /** Is told of the next call. Never returns where that is the step at which the build ends. */
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
      if (build.run == null
          && build.step == null
          && time <= MOST
          && before.add(step)
          && before.size() % share == first) {
        build.step = step;
        build.over.countDown();
      }
    }
    while (build.step != null) {
      LockSupport.park();
      Thread.interrupted(); // else park would return at once
    }
  }

  /** Puts the call of the agent before the first instruction of a method. */
  private record First(MethodModel method) implements CodeTransform {

    private static final ClassDesc AGENT = BiConsumer.class.describeConstable().orElseThrow();
    private static final ClassDesc PROPERTIES = Properties.class.describeConstable().orElseThrow();
    private static final Set<ClassDesc> PATHS =
        Set.of(ClassDesc.of("sun.nio.fs.UnixPath"), ClassDesc.of("java.nio.file.Path"));
    private static final ClassDesc OBJECT = ConstantDescs.CD_Object;
    private static final ClassDesc SYSTEM = System.class.describeConstable().orElseThrow();

    @Override
    public void atStart(CodeBuilder code) {
      MethodTypeDesc type = method.methodTypeSymbol();
      boolean flags =
          type.parameterCount() > 1 && type.parameterType(1).equals(ConstantDescs.CD_int);
      if (flags && method.methodName().equalsString("open")) { // flags of open(2), 0 to read
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
      } else if (type.parameterCount() > 1 && isPath(type, 1) && !isList(type)) {
        two(code, isPath(type, 0));
      } else {
        code.aload(code.parameterSlot(0));
      }
      code.invokeinterface(
          AGENT,
          "accept",
          MethodTypeDesc.of(
              ConstantDescs.CD_void, ConstantDescs.CD_Object, ConstantDescs.CD_Object));
    }

    private static boolean isPath(MethodTypeDesc type, int parameter) {
      return PATHS.contains(type.parameterType(parameter));
    }

    /** Whether it begins with the words of a command. */
    private static boolean isList(MethodTypeDesc type) {
      return type.parameterType(0).equals(ConstantDescs.CD_List);
    }

    /** Pushes the names of two paths; of the second alone where the first is the text of a link. */
    private static void two(CodeBuilder code, boolean both) {
      MethodTypeDesc concat = MethodTypeDesc.of(ConstantDescs.CD_String, ConstantDescs.CD_String);
      MethodTypeDesc text = MethodTypeDesc.of(ConstantDescs.CD_String);
      if (both) {
        code.aload(code.parameterSlot(0)).invokevirtual(OBJECT, "toString", text);
        code.ldc(" ").invokevirtual(ConstantDescs.CD_String, "concat", concat);
      }
      code.aload(code.parameterSlot(1)).invokevirtual(OBJECT, "toString", text);
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
