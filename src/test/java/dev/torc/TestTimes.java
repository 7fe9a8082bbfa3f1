package dev.torc;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.DynamicTestInvocationContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.api.io.TempDirFactory;

/**
 * Records what each test class costs in {@code target/test-times.tsv}: its phase ({@code Test} or
 * {@code IT}), its seconds of CPU, its seconds from begin to end, and its name. After the
 * end-to-end tests it prints the ten dearest classes of both phases, and the seed; after a failure,
 * the command that repeats the classes that failed.
 *
 * <p>The CPU of a class is that of the threads that run its methods, and that of the processes in
 * its temporary folders ({@link ProcessTimes}). The threads that a class starts in this process,
 * the compiler, the collector, classes of jqwik and all other processes are summed up in one line,
 * {@code (rest)}.
 */
public final class TestTimes implements BeforeAllCallback, AfterAllCallback, InvocationInterceptor {

  private static final Path FILE = Path.of("target", "test-times.tsv");
  private static final int SHOWN = 10;
  private static final String REST = "(rest)";
  private static final double NANOS = 1e9;

  /** Whether these are the end-to-end tests, with which {@code mvn verify} ends. */
  private static final boolean ENDS = System.getProperty("torc.home") != null;

  private static final String ONLY_IT =
      "verify -Dtest=NONE -Dsurefire.failIfNoSpecifiedTests=false -Dit.test=";

  /** One for both instances that JUnit makes: as extension, and of {@link Folders}. */
  private static final ProcessTimes PROCESSES = new ProcessTimes();

  /** Makes the temporary folders of tests. */
  public static final class Folders implements TempDirFactory {
    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context)
        throws IOException {
      Path folder = Files.createTempDirectory(ProcessTimes.PREFIX);
      PROCESSES.belongs(folder, test(context).getName());
      return folder;
    }
  }

  /** What is known of a class. */
  private static final class Cost {
    final long began = System.nanoTime();
    final long worker = Thread.currentThread().threadId();
    final long workerBegan = cpu();
    final AtomicLong cpu = new AtomicLong();
    volatile long took = -1;
  }

  /** Ends the record when all tests have ended. */
  private final class Record implements AutoCloseable {
    final Thread looks = Thread.ofPlatform().daemon().name("test-times").start(PROCESSES::run);

    @Override
    public void close() throws IOException {
      looks.interrupt();
      write();
    }
  }

  private final Map<String, Cost> costs = new ConcurrentHashMap<>();
  private final Set<String> failed = new ConcurrentSkipListSet<>();

  /** Returns the class of a test; a dynamic test has that of the method which made it. */
  private static Class<?> test(ExtensionContext context) {
    ExtensionContext at = context;
    while (at.getTestClass().isEmpty()) {
      at = at.getParent().orElseThrow();
    }
    return at.getRequiredTestClass();
  }

  private static long cpu() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    context.getRoot().getStore(Namespace.GLOBAL).getOrComputeIfAbsent("times", _ -> new Record());
    costs.put(test(context).getName(), new Cost());
  }

  @Override
  public void afterAll(ExtensionContext context) {
    Cost cost = costs.get(test(context).getName());
    cost.cpu.addAndGet(cpu() - cost.workerBegan);
    cost.took = System.nanoTime() - cost.began;
    if (context.getExecutionException().isPresent()) {
      failed.add(test(context).getSimpleName());
    }
  }

  /** Runs a method of a class: on the worker, whose CPU is counted for the class, or another. */
  private <T> T counted(Invocation<T> invocation, ExtensionContext context) throws Throwable {
    Cost cost = costs.get(test(context).getName());
    long began = cpu();
    try {
      return invocation.proceed();
    } catch (Throwable e) {
      if (!e.getClass().getName().endsWith("TestAbortedException")) {
        failed.add(test(context).getSimpleName());
      }
      throw e;
    } finally {
      if (cost != null && cost.worker != Thread.currentThread().threadId()) {
        cost.cpu.addAndGet(cpu() - began);
      }
    }
  }

  @Override
  public void interceptBeforeAllMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    counted(invocation, context);
  }

  @Override
  public void interceptBeforeEachMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    counted(invocation, context);
  }

  @Override
  public void interceptTestMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    counted(invocation, context);
  }

  @Override
  public <T> T interceptTestFactoryMethod(
      Invocation<T> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    return counted(invocation, context);
  }

  @Override
  public void interceptTestTemplateMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    counted(invocation, context);
  }

  @Override
  public void interceptDynamicTest(
      Invocation<Void> invocation, DynamicTestInvocationContext test, ExtensionContext context)
      throws Throwable {
    counted(invocation, context);
  }

  @Override
  public void interceptAfterEachMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    counted(invocation, context);
  }

  @Override
  public void interceptAfterAllMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    counted(invocation, context);
  }

  private record Row(String phase, double cpu, double took, String name) {

    static Row of(String line) {
      String[] parts = line.split("\t");
      return new Row(
          parts[0], Double.parseDouble(parts[1]), Double.parseDouble(parts[2]), parts[3]);
    }

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%s\t%.1f\t%.1f\t%s", phase, cpu, took, name);
    }
  }

  /** Writes the rows of this phase, and keeps the rows of the other one. */
  private void write() throws IOException {
    String phase = ENDS ? "IT" : "Test";
    Map<String, Double> processes = PROCESSES.seconds();
    List<Row> rows = new ArrayList<>();
    costs.forEach(
        (name, cost) ->
            rows.add(
                new Row(
                    phase,
                    cost.cpu.get() / NANOS + processes.getOrDefault(name, 0.0),
                    cost.took / NANOS,
                    name)));
    double known = rows.stream().mapToDouble(Row::cpu).sum();
    double took = ManagementFactory.getRuntimeMXBean().getUptime() / 1e3;
    rows.add(new Row(phase, ProcessTimes.ofAll() - known, took, REST));
    if (Files.exists(FILE)) {
      for (String line : Files.readAllLines(FILE)) {
        if (!line.startsWith(phase + "\t")) {
          rows.add(Row.of(line));
        }
      }
    }
    rows.sort(Comparator.comparing(Row::cpu).reversed());
    Files.write(FILE, rows.stream().map(Row::toString).toList());
    if (ENDS) {
      say("The dearest test classes, in s of CPU and s from begin to end (" + FILE + "):");
      rows.stream().filter(row -> !row.name.equals(REST)).limit(SHOWN).forEach(TestTimes::say);
      say("Played " + (Sample.ALL ? "all" : "a sample (-Dtorc.all plays all)") + " with" + seed());
    }
    if (!failed.isEmpty()) {
      say("This repeats what failed:");
      say(
          "mvn -q "
              + (ENDS ? ONLY_IT : "test -Dtest=")
              + String.join(",", failed)
              + seed()
              + (Sample.ALL ? " -Dtorc.all" : ""));
    }
  }

  private static String seed() {
    return " -Dtorc.seed=" + Sample.SEED;
  }

  private static void say(Object line) {
    System.out.println(line);
  }
}
