package dev.torc;

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
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.ProtectionDomain;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/**
 * A Java agent that ends a JVM, as {@code kill -9} does, just before a step: a change of a file by
 * whatever code, a commit of the database, or a program that it starts. A file names the steps
 * before which others were ended; the first one that is not in it is the next, and so all have
 * their turn, whatever order threads take them in, also one that somebody adds to torc. It knows
 * nothing of torc.
 */
public final class KillAgent {

  /** The status with which the JVM ends. */
  static final int EXIT = 137;

  /** What is done more often in one run is done as before. */
  private static final int MOST = 2;

  /** What a thread opened last for writing: it writes to that. */
  private static final ThreadLocal<String> OPENED = ThreadLocal.withInitial(() -> "");

  private static final Map<String, Integer> TIMES = new HashMap<>();
  private static Path file;
  private static Set<String> done;
  private static String from;
  private static String until;
  private static boolean counts;

  /** What makes a step, by class. */
  private static final Map<String, Set<String>> CALLS =
      Map.of(
          "sun/nio/fs/UnixNativeDispatcher",
          Set.of("open", "mkdir", "rename", "unlink", "rmdir", "link", "symlink"),
          "sun/nio/ch/UnixFileDispatcherImpl",
          Set.of("write", "pwrite", "writev", "truncate"),
          "java/io/FileOutputStream",
          Set.of("open"),
          "java/lang/ProcessImpl",
          Set.of("start"),
          "dev/torc/posix/Spawn",
          Set.of("start"),
          "org/lmdbjava/Txn",
          Set.of("commit"));

  private KillAgent() {}

  /**
   * Makes the agent's jar in a folder, and a folder beside it for TORC_JAVA_HOME: its Java has the
   * agent.
   *
   * @param from steps count from the first that names this
   * @param until and before the first that names this
   * @return that folder; the variable KILL names the file of steps
   */
  static Path home(Path folder, String from, String until) throws IOException {
    Path jar = folder.resolve("kill.jar");
    Manifest manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    main.putValue("Premain-Class", KillAgent.class.getName());
    main.putValue("Boot-Class-Path", jar.getFileName().toString()); // what it changes calls it
    main.putValue("Can-Retransform-Classes", "true");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
      for (Class<?> each : List.of(KillAgent.class, Steps.class, First.class)) {
        String name = each.getName().replace('.', '/') + ".class";
        out.putNextEntry(new JarEntry(name));
        try (InputStream in = each.getClassLoader().getResourceAsStream(name)) {
          in.transferTo(out);
        }
      }
    }
    Path java = Path.of(System.getProperty("java.home"));
    Path home = Files.createDirectories(folder.resolve("home"));
    Files.copy(java.resolve("release"), home.resolve("release"));
    Path program = Files.createDirectories(home.resolve("bin")).resolve("java");
    String call = "#!/bin/sh\nexec '%s/bin/java' \"-javaagent:%s=$KILL %s %s\" \"$@\"\n";
    Files.writeString(program, call.formatted(java, jar, from, until));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    return home;
  }

  /** Called by the JVM before {@code main}; {@code text} is the file, and where it begins, ends. */
  public static void premain(String text, Instrumentation jvm) throws Exception {
    String[] words = text.split(" ");
    file = Path.of(words[0]);
    from = words[1];
    until = words[2];
    done = new HashSet<>(Files.exists(file) ? Files.readAllLines(file) : List.of());
    jvm.addTransformer(new Steps(), true);
    for (String name : CALLS.keySet()) {
      if (name.startsWith("java/") || name.startsWith("sun/")) { // the others come later
        jvm.retransformClasses(Class.forName(name.replace('/', '.')));
      }
    }
  }

  /** A step is next; {@code flags} are those of open(2), -1 for other calls. */
  public static void step(String call, Object on, int flags) throws IOException {
    if (flags < 0 || (flags & 3) != 0) { // else it is read
      step(call, on);
    }
  }

  private static synchronized void step(String call, Object on) throws IOException {
    String what =
        on instanceof FileDescriptor
            ? OPENED.get()
            : on instanceof Object[] words ? String.valueOf(words[words.length - 1]) : "" + on;
    what = what.replace(System.getProperty("user.dir") + "/", "");
    what = what.replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "*").replace('\n', ' ');
    if (call.equals("open")) {
      OPENED.set(what);
    }
    counts = (counts || what.contains(from)) && !what.contains(until);
    int times = counts ? TIMES.merge(call + " " + what, 1, Integer::sum) : MOST + 1;
    String name = call + " " + what + " #" + times;
    if (times <= MOST && done.add(name)) {
      counts = false;
      Files.write(file, done);
      Runtime.getRuntime().halt(EXIT);
    }
  }

  private static final class Steps implements ClassFileTransformer {

    @Override
    public byte[] transform(
        ClassLoader loader, String name, Class<?> old, ProtectionDomain domain, byte[] bytes) {
      Set<String> calls = CALLS.get(name);
      if (calls == null) {
        return null;
      }
      ClassFile file = ClassFile.of();
      return file.transformClass(
          file.parse(bytes),
          (all, each) -> {
            if (each instanceof MethodModel method
                && method.code().isPresent()
                && calls.contains(method.methodName().stringValue())) {
              all.transformMethod(method, MethodTransform.transformingCode(new First(method)));
            } else {
              all.with(each);
            }
          });
    }
  }

  /** Puts the call before the first instruction. */
  private record First(MethodModel method) implements CodeTransform {
    @Override
    public void atStart(CodeBuilder code) {
      MethodTypeDesc type = method.methodTypeSymbol();
      code.ldc(method.methodName().stringValue());
      boolean named = type.parameterCount() > 0 && !type.parameterType(0).isPrimitive();
      if (named) {
        code.aload(code.parameterSlot(0));
      } else {
        code.aconst_null();
      }
      boolean flags =
          type.parameterCount() > 1 && type.parameterType(1).equals(ConstantDescs.CD_int);
      if (flags && method.methodName().equalsString("open")) {
        code.iload(code.parameterSlot(1));
      } else {
        code.iconst_m1();
      }
      code.invokestatic(
          ClassDesc.of(KillAgent.class.getName()),
          "step",
          MethodTypeDesc.of(
              ConstantDescs.CD_void,
              ConstantDescs.CD_String,
              ConstantDescs.CD_Object,
              ConstantDescs.CD_int));
    }

    @Override
    public void accept(CodeBuilder code, CodeElement element) {
      code.with(element);
    }
  }
}
