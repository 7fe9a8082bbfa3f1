package dev.torc.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** The graphs that are measured. The same arguments give the same graph. */
public final class Shapes {

  /** Jobs of a library: the copies and the one that waits for them. */
  private static final int LIBRARY = 100;

  /** Jobs of a stage. */
  private static final int STAGE = 5;

  private Shapes() {}

  /**
   * Libraries: each has 99 copies, and one job that waits for them and copies the first.
   *
   * @param jobs a multiple of 100
   */
  static Graph libraries(int jobs) {
    SortedMap<String, String> sources = new TreeMap<>();
    List<Rule> rules = new ArrayList<>();
    for (int library = 0; library < jobs / LIBRARY; library++) {
      String folder = "lib%05d/".formatted(library);
      List<String> parts = new ArrayList<>();
      for (int i = 0; i < LIBRARY - 1; i++) {
        String source = folder + "%02d.in".formatted(i);
        String part = folder + "%02d.out".formatted(i);
        sources.put(source, "library %d, part %d\n".formatted(library, i));
        rules.add(Rule.copy(source, part, List.of(source)));
        parts.add(part);
      }
      rules.add(Rule.copy(parts.getFirst(), folder + "all.lib", parts));
    }
    Edit edit = new Edit("lib00000/07.in", "edited in round %d\n", 2, 2);
    return new Graph("libraries-" + jobs, sources, List.of(), rules, edit);
  }

  /** A chain: each job copies the product of the job before. */
  static Graph chain(int jobs) {
    SortedMap<String, String> sources = new TreeMap<>();
    sources.put("chain/start.in", "the start\n");
    List<Rule> rules = new ArrayList<>();
    String from = "chain/start.in";
    for (int i = 0; i < jobs; i++) {
      String to = "chain/%06d.out".formatted(i);
      rules.add(Rule.copy(from, to, List.of(from)));
      from = to;
    }
    Edit edit = new Edit("chain/start.in", "another start %d\n", jobs, jobs);
    return new Graph("chain-" + jobs, sources, List.of(), rules, edit);
  }

  /** One source that every job copies. */
  static Graph wide(int jobs) {
    SortedMap<String, String> sources = new TreeMap<>();
    sources.put("wide/one.in", "the one\n");
    List<Rule> rules =
        IntStream.range(0, jobs)
            .mapToObj("wide/%06d.out"::formatted)
            .map(to -> Rule.copy("wide/one.in", to, List.of("wide/one.in")))
            .toList();
    Edit edit = new Edit("wide/one.in", "another one %d\n", jobs, jobs);
    return new Graph("wide-" + jobs, sources, List.of(), rules, edit);
  }

  /** Jobs that only make an empty file by the shell: what a job costs, and nothing of its work. */
  static Graph small(int jobs) {
    SortedMap<String, String> sources = new TreeMap<>();
    sources.put("small/one.in", "the one\n");
    List<Rule> rules =
        IntStream.range(0, jobs)
            .mapToObj("small/%06d.out"::formatted)
            .map(to -> new Rule(to, List.of("small/one.in"), null, List.of(":", ">", to), false))
            .toList();
    Edit edit = new Edit("small/one.in", "another one %d\n", jobs, jobs);
    return new Graph("small-" + jobs, sources, List.of(), rules, edit);
  }

  /**
   * Libraries, and beside them a chain of stages of a few copies each. For torc a stage is a group,
   * whose instances follow only from the files that the stage before has made.
   */
  static Graph stages(int jobs, int stages) {
    Graph plain = libraries(jobs);
    SortedMap<String, String> sources = new TreeMap<>(plain.sources());
    List<Rule> rules = new ArrayList<>(plain.rules());
    List<Family> families = new ArrayList<>();
    for (int i = 0; i < STAGE; i++) {
      sources.put("stage00/%d.txt".formatted(i), "file %d\n".formatted(i));
    }
    for (int stage = 1; stage <= stages; stage++) {
      String from = "stage%02d/".formatted(stage - 1);
      String to = "stage%02d/".formatted(stage);
      List<String> products = new ArrayList<>();
      for (int i = 0; i < STAGE; i++) {
        String need = from + i + ".txt";
        products.add(to + i + ".txt");
        rules.add(Rule.copy(need, products.getLast(), List.of(need)));
      }
      String name = "stage%02d".formatted(stage);
      families.add(new Family(name, from + "{n}.txt", from + "{n}.txt", to + "{n}.txt", products));
    }
    String name = "stages-" + jobs + "-" + stages;
    return new Graph(name, sources, List.of(), families, rules, plain.edit());
  }

  /**
   * A number of copies, and as many further jobs that each need the products of all copies.
   *
   * @param listed whether a further job names the products one by one, else as one {@link Bundle}
   */
  static Graph fanIn(int jobs, boolean listed) {
    SortedMap<String, String> sources = new TreeMap<>();
    List<Rule> rules = new ArrayList<>();
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < jobs; i++) {
      String source = "part/%04d.in".formatted(i);
      String part = "part/%04d.out".formatted(i);
      sources.put(source, "part %d\n".formatted(i));
      rules.add(Rule.copy(source, part, List.of(source)));
      parts.add(part);
    }
    for (int i = 0; i < jobs; i++) {
      String from = parts.get(i);
      String to = "whole/%04d.out".formatted(i);
      rules.add(
          listed
              ? Rule.copy(from, to, parts)
              : new Rule(to, List.of(), "parts", List.of("cp", from, to), false));
    }
    Edit edit = new Edit("part/0000.in", "another part %d\n", 1 + jobs, 1 + jobs);
    List<Bundle> bundles = listed ? List.of() : List.of(new Bundle("parts", "part/*.out", parts));
    return new Graph((listed ? "listed-" : "fan-in-") + jobs, sources, bundles, rules, edit);
  }

  /**
   * A C program made of archives. Each archive has its own header, and all share one; gcc finds the
   * headers as it compiles. The edit is a comment in the header of the first archive.
   *
   * @param files sources of each archive
   */
  static Graph program(int archives, int files) {
    SortedMap<String, String> sources = new TreeMap<>();
    sources.put("all.h", "/* for all */\n#include <stdio.h>\n#include <stdlib.h>\n");
    List<Rule> rules = new ArrayList<>();
    List<String> built = new ArrayList<>();
    StringBuilder declared = new StringBuilder();
    StringBuilder called = new StringBuilder();
    for (int a = 0; a < archives; a++) {
      String folder = "a%02d/".formatted(a);
      sources.put(folder + "own.h", header(a, 0));
      List<String> objects = new ArrayList<>();
      for (int f = 0; f < files; f++) {
        String name = "f_%d_%d".formatted(a, f);
        sources.put(
            folder + name + ".c",
            """
            #include "own.h"
            #include "../all.h"
            int %s(int n) { return abs(n) * OWN_%d + %d; }
            """
                .formatted(name, a, f));
        rules.add(compile(folder + name));
        objects.add(folder + name + ".o");
        declared.append("int %s(int);\n".formatted(name));
        called.append("  sum += %s(n);\n".formatted(name));
      }
      String archive = folder + "own.a";
      List<String> command = new ArrayList<>(List.of("ar", "rcsD", archive));
      command.addAll(objects);
      rules.add(new Rule(archive, objects, null, command, false));
      built.add(archive);
    }
    sources.put(
        "main.c",
        "#include \"all.h\"\n%sint main(int n, char **v) {\n  int sum = 0;\n%s  printf(\"%%d\\n\", sum);\n  return v == 0;\n}\n"
            .formatted(declared, called));
    rules.add(compile("main"));
    built.addFirst("main.o");
    List<String> link = new ArrayList<>(List.of("gcc", "-o", "program"));
    link.addAll(built);
    rules.add(new Rule("program", built, null, link, false));
    Edit edit =
        new Edit("a00/own.h", header(0, 0).replace("round 0", "round %d"), files + 2, files);
    return new Graph("program-" + archives * files, sources, List.of(), rules, edit);
  }

  /** A torc.yaml of {@code jobs} jobs in libraries, for the benchmarks of torc's parts. */
  public static String buildFile(int jobs) {
    return BuildFiles.torc(libraries(jobs));
  }

  private static String header(int archive, int round) {
    return "/* a comment of round %d */\n#define OWN_%d %d\n"
        .formatted(round, archive, archive + 3);
  }

  private static Rule compile(String name) {
    String object = name + ".o";
    List<String> command =
        List.of("gcc", "-O1", "-MD", "-MF", name + ".d", "-c", name + ".c", "-o", object);
    return new Rule(object, List.of(name + ".c"), null, command, true);
  }
}
