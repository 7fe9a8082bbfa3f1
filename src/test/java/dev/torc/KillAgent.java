package dev.torc;

import java.io.FileDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
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
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Pattern;

/**
 * A Java agent that ends a JVM, as {@code kill -9} does, just before a step: a change of a file by
 * whatever code, a commit of the database, or a program that it starts. A file names the steps
 * before which others were ended; the first one that is not in it is the next, and so all have
 * their turn, whatever order threads take them in, also one that somebody adds to torc. JVMs that
 * run side by side share the file, and no two end before the same step. It knows nothing of what
 * torc does.
 *
 * <p>It comes when the JVM has begun: one that is there from the begin keeps the JVM from its AOT
 * cache, and each start takes five times as long. The classes that call it were changed before.
 */
public final class KillAgent implements BiConsumer<String, Object> {

  /** The status with which the JVM ends. */
  static final int EXIT = 137;

  /** What it says then on standard error; the step follows. */
  static final String SAYS = "killed before ";

  /** What is done more often in one run is done as before. */
  private static final int MOST = 2;

  private static final String MAIN = "dev.torc.cli.Main";

  /** Gives way to Java with the agent's jar, which names torc's, in the place of that. */
  private static final String PROGRAM =
      """
      #!/bin/sh
      if [ -e '%1$s' ]; then cache=-XX:AOTCache; else cache=-XX:AOTCacheOutput; fi
      for word; do
        shift
        case $word in
          -XX:AOTCache=*) set -- "$@" "$cache=%1$s" ;;
          -cp | */torc.jar) ;;
          %2$s) set -- "$@" "-Dkill.from=%3$s" "-Dkill.until=%4$s" -jar '%5$s' ;;
          *) set -- "$@" "$word" ;;
        esac
      done
      exec '%6$s/bin/java' "$@"
      """;

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

  /** What differs from run to run: random ids, digests of what holds a time, counters. */
  private static final Pattern OTHERWISE =
      Pattern.compile(
          "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=/)[0-9a-f]{64}\\b|(?<=/tmp/)[0-9]+");

  /** Stands for the file of a descriptor. */
  private static final String OPENED = "";

  /** What a thread opened last for writing: it writes to that. */
  private final ThreadLocal<String> opened = ThreadLocal.withInitial(() -> "");

  private final Map<String, Integer> times = new HashMap<>();
  private final Path file;
  private final String from;
  private final String until;
  private boolean counts;
  private boolean ends;

  private KillAgent(Path file, String from, String until) {
    this.file = file;
    this.from = from;
    this.until = until;
  }

  /**
   * Makes the agent's jar in a folder, and a folder beside it for TORC_JAVA_HOME: its Java has the
   * agent. The first start makes the AOT cache of the others, so it is to have no KILL, and to end
   * before they begin.
   *
   * @param from steps count from the first that names this
   * @param until and before the first that names this
   * @return that folder; the variable KILL names the file of steps, without it nothing is ended
   */
  static Path home(Path folder, String from, String until) throws IOException {
    Path jar = folder.resolve("kill.jar");
    copyJars(folder.resolve("lib")); // an AOT cache holds no classes from afar
    Manifest manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    main.put(Attributes.Name.MAIN_CLASS, MAIN);
    main.put(Attributes.Name.CLASS_PATH, "lib/torc.jar");
    main.putValue("Launcher-Agent-Class", KillAgent.class.getName());
    main.putValue("Can-Redefine-Classes", "true");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
      String own = file(KillAgent.class.getName());
      out.putNextEntry(new JarEntry(own));
      out.write(bytes("/" + own));
      for (Map.Entry<String, Set<String>> each : CALLS.entrySet()) {
        out.putNextEntry(new JarEntry(changed(each.getKey())));
        out.write(changed(bytes("/" + file(each.getKey())), each.getValue()));
      }
    }
    Path java = Path.of(System.getProperty("java.home"));
    Path home = Files.createDirectories(folder.resolve("home"));
    Files.copy(java.resolve("release"), home.resolve("release"));
    Path program = Files.createDirectories(home.resolve("bin")).resolve("java");
    Path cache = folder.resolve("kill.aot");
    Files.writeString(program, PROGRAM.formatted(cache, MAIN, from, until, jar, java));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    return home;
  }

  private static void copyJars(Path folder) throws IOException {
    Files.createDirectory(folder);
    Path lib = Path.of(Sandbox.launcher()).resolveSibling("../lib");
    try (DirectoryStream<Path> jars = Files.newDirectoryStream(lib, "*.jar")) {
      for (Path jar : jars) {
        Files.copy(jar, folder.resolve(jar.getFileName()));
      }
    }
  }

  private static String file(String type) {
    return type.replace('.', '/') + ".class";
  }

  /** Where in the agent's jar the changed class lies. */
  private static String changed(String type) {
    return "changed/" + file(type);
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

  /** Called by the JVM before {@code main}. */
  public static void agentmain(String text, Instrumentation jvm) throws Exception {
    String file = System.getenv("KILL");
    if (file == null) {
      return;
    }
    String from = System.getProperty("kill.from");
    KillAgent agent = new KillAgent(Path.of(file), from, System.getProperty("kill.until"));
    System.getProperties().put(KillAgent.class.getName(), agent); // Java's classes see no other
    List<ClassDefinition> all = new ArrayList<>();
    for (String name : CALLS.keySet()) {
      Class<?> type = Class.forName(name, false, KillAgent.class.getClassLoader());
      all.add(new ClassDefinition(type, bytes("/" + changed(name))));
    }
    jvm.redefineClasses(all.toArray(ClassDefinition[]::new));
  }

  /** A call on something is next: it may be a step. */
  @Override
  public synchronized void accept(String call, Object on) {
    if (ends) {
      return; // the agent's own
    }
    String what =
        on instanceof FileDescriptor || OPENED.equals(on)
            ? opened.get()
            : on instanceof Object[] words ? String.valueOf(words[words.length - 1]) : "" + on;
    what = what.replace(System.getProperty("user.dir") + "/", "");
    what = OTHERWISE.matcher(what).replaceAll("*").replace('\n', ' ');
    if (call.equals("open")) {
      opened.set(what);
    }
    counts = (counts || what.contains(from)) && !what.contains(until);
    int time = counts ? times.merge(call + " " + what, 1, Integer::sum) : MOST + 1;
    if (time <= MOST) {
      ends = true;
      try {
        end(call + " " + what + " #" + time);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } finally {
        ends = false;
      }
    }
  }

  /** Ends the JVM, unless one was ended before the step. */
  private void end(String step) throws IOException {
    try (FileChannel steps =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      steps.lock(); // while this channel is open, and no other one of the file is closed
      ByteBuffer before = ByteBuffer.allocate((int) steps.size());
      steps.read(before);
      String text = StandardCharsets.UTF_8.decode(before.flip()).toString();
      if (!text.lines().toList().contains(step)) {
        System.err.println(SAYS + step);
        steps.write(StandardCharsets.UTF_8.encode(step + "\n"));
        Runtime.getRuntime().halt(EXIT);
      }
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
