package dev.torc.core.run;

import dev.torc.Sample;
import dev.torc.core.run.GroupSpec.Axis;
import dev.torc.core.run.GroupSpec.From;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Random projects with groups under random edits against an {@link Oracle}, like {@link
 * RandomGraphsTest}: values from lists, files that change, globs, matches, products and other
 * groups, known before the build or found in it. {@code -Dtorc.seed=N} repeats a run. It takes much
 * CPU: each edit is built twice, and forecast.
 */
@Execution(ExecutionMode.CONCURRENT)
class RandomGroupsTest {

  private static final int PROJECTS = Integer.getInteger("torc.projects", Sample.part(5, 24));

  @TempDir Path temp;

  @Test
  void exactlyTheExpectedInstancesRun() {
    RandomWalks.play(PROJECTS, temp, (root, random) -> new Walk(root, random, 0, null));
  }

  /** Section 10, network roots: the host and the user of a build make no difference. */
  @Test
  void soTheyDoWhereHostsTakeTurns() {
    RandomWalks.play(PROJECTS / 2, temp, (root, random) -> new Walk(root, random, 3, null));
  }

  /** Section 11: a known result of an instance is as good as a run. */
  @Test
  void soTheyDoWhereResultsAreRestored() {
    AtomicInteger restored = new AtomicInteger();
    RandomWalks.play(
        PROJECTS,
        temp,
        (root, random) -> new Walk(root, random, 0, restored::addAndGet),
        () -> restored.get() > PROJECTS / 4);
  }

  /** Returns a walk whose builds leave memos. */
  static RandomWalks.Walk walk(Path root, Random random, MemosBeside memos) {
    Walk walk = new Walk(root, random, 0, null);
    walk.torc.memos = memos;
    return walk;
  }

  /** Jobs and groups of them. */
  private static final class Walk extends OracleWalk {
    private final SortedMap<Integer, Oracle.Unit> drafts = new TreeMap<>();
    private final SortedMap<Integer, Oracle.Unit> units = new TreeMap<>();
    private final Map<Integer, String> names = new TreeMap<>();
    private List<String> written = List.of();

    Walk(Path root, Random random, int hosts, IntConsumer restored) {
      super(root, random, hosts, restored, "[sL]\\d|T.csv|in/x.*");
    }

    @Override
    void begin() {
      for (int i = 0; i < 3; i++) {
        edit("s" + i, "0");
        edit("in/x" + i + ".txt", "0");
      }
      edit("L0", "a\nb\n");
      edit("L1", "c\na\n");
      edit("T.csv", "x,y,z\na,c,1\nb,d,1\n");
      int count = 4 + random.nextInt(5);
      for (int i = 0; i < count; i++) {
        drafts.put(i, anyUnit(i));
      }
    }

    private String name(int unit) {
      return names.getOrDefault(unit, (drafts.get(unit) instanceof Spec ? "j" : "g") + unit);
    }

    @Override
    void write() {
      List<String> lines = new ArrayList<>();
      units.clear();
      drafts.forEach(
          (index, draft) -> {
            if (draft instanceof GroupSpec group) {
              GroupSpec named = group.named(this::name);
              units.put(index, named);
              lines.add(named.yaml(this::name));
            } else {
              Spec job = (Spec) draft;
              Spec named =
                  with(job, job.needs().stream().map(n -> GroupSpec.put(n, this::name)).toList());
              units.put(index, named);
              lines.add(named.yaml());
            }
          });
      // Mostly not written if no job changed: then the next build has the graph of the last one.
      if (!lines.equals(written) || random.nextInt(3) == 0) {
        story.addAll(lines);
        written = List.copyOf(lines);
        Collections.shuffle(lines, random);
        torc.given(String.join("\n", lines));
      }
      oracle.jobs(units);
    }

    private static Spec with(Spec job, List<String> needs) {
      return new Spec(
          job.index(),
          job.version(),
          job.cut(),
          job.fails(),
          job.always(),
          job.temporary(),
          false,
          false,
          needs,
          List.of(),
          job.produces());
    }

    @Override
    Spec job(String name) {
      int slash = name.indexOf('/');
      for (Oracle.Unit unit : units.values()) {
        if (unit instanceof Spec job && job.name().equals(name)) {
          return job;
        } else if (unit instanceof GroupSpec group
            && slash > 0
            && name.substring(0, slash).equals(group.name())) {
          return group.instance(name);
        }
      }
      throw new AssertionError("no job " + name);
    }

    @Override
    Runnable jobs() {
      SortedMap<Integer, Oracle.Unit> then = new TreeMap<>(drafts);
      Map<Integer, String> called = new TreeMap<>(names);
      return () -> {
        drafts.clear();
        drafts.putAll(then);
        names.clear();
        names.putAll(called);
      };
    }

    /** Some of the values, in any order. */
    private List<String> several(String... values) {
      List<String> all = new ArrayList<>(List.of(values));
      Collections.shuffle(all, random);
      return all.subList(0, random.nextInt(all.size() + 1));
    }

    @Override
    void anyEdit() {
      switch (random.nextInt(14)) {
        case 0 -> edit("s" + random.nextInt(3), "" + random.nextInt(3));
        case 1, 2 -> {
          String path = "in/x" + random.nextInt(4) + ".txt";
          // x0 stays: a job that read sources and finds none now fails; a story tests that.
          if (oracle.disk.containsKey(path) && !path.endsWith("x0.txt") && random.nextBoolean()) {
            delete(path);
          } else {
            edit(path, "" + random.nextInt(3));
          }
        }
        case 3, 4 -> {
          List<String> rows = several("a", "b", "c", "d");
          edit("L" + random.nextInt(2), (rows.isEmpty() ? "a" : String.join("\n", rows)) + "\n");
        }
        case 5 -> {
          StringBuilder rows = new StringBuilder("x,y,z\n");
          List<String> some = several("a,c", "a,d", "b,c", "b,d");
          (some.isEmpty() ? List.of("a,c") : some)
              .forEach(row -> rows.append(row + "," + random.nextInt(3) + "\n"));
          edit("T.csv", rows.toString());
        }
        case 6, 7 -> anyProduct();
        case 8 -> touchAny();
        case 9 -> {
          int i = some(List.copyOf(drafts.keySet()));
          if (drafts.get(i) instanceof GroupSpec) {
            names.put(i, names.containsKey(i) ? name(i) + "r" : "r" + i);
            story.add("rename to " + name(i));
          }
        }
        case 10 -> {
          int i = random.nextInt(9);
          if (drafts.containsKey(i) && drafts.size() > 3) {
            drafts.remove(i);
          } else {
            drafts.put(i, anyUnit(i));
          }
          names.remove(i);
          mendLost();
        }
        default -> {
          int i = some(List.copyOf(drafts.keySet()));
          drafts.put(i, changed(drafts.get(i)));
          mendLost();
        }
      }
    }

    private void anyProduct() {
      List<String> products =
          oracle.disk.keySet().stream()
              .filter(p -> p.startsWith("out/") || p.startsWith("in/j") || p.endsWith(".lines"))
              .toList();
      if (products.isEmpty()) {
        return;
      }
      String path = some(products);
      switch (random.nextInt(4)) {
        case 0, 1 -> {
          // A source that a glob read must stay, also where some group may make it now.
          if (oracle.maker(path) != null && !path.endsWith("/mine.o")) {
            delete(path);
          }
        }
        case 2 -> edit(path, "mine " + random.nextInt(2));
        default -> edit(path.substring(0, path.lastIndexOf('/') + 1) + "mine.o", "mine");
      }
    }

    private Oracle.Unit changed(Oracle.Unit unit) {
      if (unit instanceof Spec || random.nextInt(4) == 0) {
        names.remove(unit.index());
        return anyUnit(unit.index());
      }
      GroupSpec g = (GroupSpec) unit;
      int which = random.nextInt(5);
      Axis axis =
          which == 3 && g.axis().from() == From.LIST
              ? new Axis(From.LIST, several("a", "b", "c", "d"), null, -1)
              : g.axis();
      return new GroupSpec(
          g.name(),
          g.index(),
          which == 0 ? random.nextInt(3) : g.version(),
          g.cut() ^ which == 1,
          which == 2 ? failing() : g.failing(),
          axis,
          which == 4 ? several("u", "v") : g.second(),
          g.needs(),
          g.form());
    }

    private String failing() {
      return random.nextInt(4) == 0 ? some(List.of("a", "b", "c")) : "";
    }

    /** Replaces the units that are no longer possible, and takes out needs that are gone. */
    private void mendLost() {
      for (int i : List.copyOf(drafts.keySet())) {
        if (drafts.get(i) instanceof Spec job) {
          drafts.put(i, with(job, job.needs().stream().filter(choices(i)::contains).toList()));
          continue;
        }
        GroupSpec g = (GroupSpec) drafts.get(i);
        if (!axes(i).contains(g.axis()) && g.axis().from() != From.LIST) {
          names.remove(i);
          drafts.put(i, anyUnit(i));
          continue;
        }
        List<String> choices = choices(i);
        choices.addAll(parts(g.axis()));
        drafts.put(
            i,
            new GroupSpec(
                g.name(),
                i,
                g.version(),
                g.cut(),
                g.failing(),
                g.axis(),
                g.second(),
                g.needs().stream().filter(choices::contains).toList(),
                g.form()));
      }
    }

    /** What any unit with this index may need. */
    private List<String> choices(int index) {
      List<String> choices = new ArrayList<>(List.of("s0", "s1", "s2"));
      if (index >= 3) {
        choices.add("in/*.txt");
      }
      for (int i : drafts.headMap(index).keySet()) {
        choices.add("{job: '@" + i + "'}");
        choices.add("{job: '@" + i + "'}"); // more often
        if (drafts.get(i) instanceof GroupSpec) {
          choices.add("{job: '@" + i + "'" + Oracle.SKIP);
          choices.add("{data: '@" + i + ".k'" + Oracle.SKIP);
        }
        choices.add("{data: '@" + i + ".k'}");
        choices.add("out/" + i + "/*");
      }
      return choices;
    }

    private static List<String> parts(Axis axis) {
      return axis.from() == From.VALUES
          ? List.of(
              "{job: '@" + axis.unit() + "/p={p}'}",
              "{job: '@" + axis.unit() + "/p={p}'" + Oracle.SKIP)
          : List.of();
    }

    /** Where the values of a group with this index may come from. */
    private List<Axis> axes(int index) {
      List<Axis> axes = new ArrayList<>();
      axes.add(new Axis(From.LIST, several("a", "b", "c", "d"), null, -1));
      axes.add(new Axis(From.LINES, List.of(), "L0", -1));
      axes.add(new Axis(From.LINES, List.of(), "L1", -1));
      axes.add(new Axis(From.TABLE, List.of(), "T.csv", -1));
      if (index >= 3) {
        axes.add(new Axis(From.GLOB, List.of(), null, -1));
        axes.add(new Axis(From.MATCH, List.of(), null, -1));
      }
      drafts
          .headMap(index)
          .forEach(
              (i, unit) -> {
                axes.add(new Axis(From.PRODUCTS, List.of(), null, i));
                if (unit instanceof GroupSpec group && group.axis().from() != From.TABLE) {
                  axes.add(new Axis(From.VALUES, List.of(), null, i));
                }
                if (unit instanceof Spec job && job.produces().contains("l" + i + ".lines")) {
                  axes.add(new Axis(From.LINES, List.of(), "l" + i + ".lines", i));
                }
              });
      return axes;
    }

    /** Jobs 0 to 2 are mostly plain, and may make files in {@code in}. */
    private Oracle.Unit anyUnit(int index) {
      List<String> choices = choices(index);
      if (index >= 3 && random.nextInt(4) > 0 || index < 3 && random.nextInt(4) == 0) {
        Axis axis = some(axes(index));
        choices.addAll(parts(axis));
        choices.addAll(parts(axis));
        return new GroupSpec(
            "",
            index,
            random.nextInt(3),
            random.nextInt(3) == 0,
            random.nextInt(4) == 0 ? failing() : "",
            axis,
            random.nextInt(4) == 0 ? several("u", "v") : List.of(),
            few(4, choices),
            some(List.of(".o", ".o", "+*.o", "")));
      }
      List<String> forms = new ArrayList<>(List.of("out/I/x.o", "out/I/g+*.o", "lI.lines"));
      if (index < 3) {
        forms.addAll(List.of("in/jI.txt", "in/jI-*.txt"));
      }
      List<String> produces =
          few(4, forms.stream().map(form -> form.replace("I", "" + index)).toList());
      return new Spec(
          index,
          random.nextInt(3),
          random.nextInt(3) == 0,
          random.nextInt(16) == 0,
          random.nextInt(16) == 0,
          false,
          false,
          false,
          few(4, choices),
          List.of(),
          produces);
    }
  }
}
