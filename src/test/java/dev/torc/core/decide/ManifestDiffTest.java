package dev.torc.core.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.base.digests.Digest;
import dev.torc.core.manifest.Described;
import dev.torc.core.manifest.LineKind;
import dev.torc.core.memory.JobResult.ManifestEntry;
import dev.torc.features.why.Causes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What differs between two manifests, as a table: lines before, lines after, reasons. A line is
 * {@code KIND name = value}, several are joined by {@code " & "}. The value of a list is written by
 * its members, {@code {d/one=1 d/two=2}}, and stands for their digest; {@code {}} is a list that
 * the records have forgotten.
 */
class ManifestDiffTest {

  private static final String TABLE =
      """
      COMMAND = make a          | COMMAND = make b          | SETTING_CHANGED command: make a → make b
      COMMAND = a               | COMMAND 1 = a & COMMAND 2 = b | SETTING_CHANGED command 1: → a; SETTING_CHANGED command 2: → b; SETTING_CHANGED command: a →
      SHELL = ["sh"]            | SHELL = ["bash"]          | SETTING_CHANGED shell: ["sh"] → ["bash"]
      SHELL 2 = ["x", "-c"]     |                           | SETTING_CHANGED shell 2: ["x", "-c"] →
      SHELL 2 = ["sh", "-c"]    |                           |
      FOLDER = d                | FOLDER = e                | SETTING_CHANGED folder: d → e
                                | FOLDER = d                | SETTING_CHANGED folder: → d
      ENV CC = =gcc             | ENV CC = =clang           | SETTING_CHANGED env CC: gcc → clang
      ENV CC = =gcc             | ENV CC =                  | SETTING_CHANGED env CC: gcc →
      ENV CC = =gcc             | ENV CC = =                | SETTING_CHANGED env CC: gcc → ""
                                | ENV CC = =gcc             | SETTING_CHANGED env CC: → gcc
      ENV CC = =gcc             |                           | SETTING_CHANGED env CC: gcc →
      DEPFILE = a.d             | DEPFILE = b.d             | SETTING_CHANGED depfile: a.d → b.d
                                | DEPFILE = a.d             | SETTING_CHANGED depfile: → a.d
      NEEDS_WRITTEN = ["x", "y"] | NEEDS_WRITTEN = ["y", "x"] | SETTING_CHANGED needs as written: ["x", "y"] → ["y", "x"]
      NEEDS_WRITTEN = ["x"] & NEED x = 1 | NEEDS_WRITTEN = ["x", "y"] & NEED x = 1 & NEED y = 1 | NEED_ADDED y: → 1
      NEEDS_WRITTEN = ["x", "y"] & NEED x = 1 & NEED y = 1 | NEEDS_WRITTEN = ["y"] & NEED y = 1 | NEED_REMOVED x: 1 →
      NEEDS_WRITTEN = ["a:", "x"] & NEED x = 1 | NEEDS_WRITTEN = ["b:", "y", "a:", "x"] & NEED x = 1 & NEED y = 1 | NEED_ADDED y: → 1
      NEEDS_WRITTEN = ["a:", "x"] & NEED x = 1 | NEEDS_WRITTEN = ["b:", "y"] & NEED y = 1 | NEED_ADDED y: → 1; NEED_REMOVED x: 1 →
      NEEDS_WRITTEN = ["x", "y"] & NEED x = 1 & NEED y = 1 | NEEDS_WRITTEN = ["y", "z", "x"] & NEED x = 1 & NEED y = 1 & NEED z = 1 | SETTING_CHANGED needs as written: ["x", "y"] → ["y", "z", "x"]; NEED_ADDED z: → 1
      NEEDS_WRITTEN = ["x", "y"] & NEED x = 1 | NEEDS_WRITTEN = ["y", "x"] & NEED x = 2 | SETTING_CHANGED needs as written: ["x", "y"] → ["y", "x"]; NEED_CHANGED x: 1 → 2
                                | NEEDS_WRITTEN = ["x"]     |
      NEEDS_WRITTEN = ["x"]     |                           |
      PRODUCES_WRITTEN = ["a"]  | PRODUCES_WRITTEN = ["b"]  | SETTING_CHANGED produces as written: ["a"] → ["b"]
      PRODUCES_WRITTEN = ["a"]  |                           |
      PRODUCES_WRITTEN = ["a"] & PRODUCT a = | PRODUCES_WRITTEN = ["a", "b"] & PRODUCT a = & PRODUCT b = | PRODUCTS_DECLARED : a → a b
      COMMAND = a ${{{needs}    | COMMAND = b ${{{needs}    | SETTING_CHANGED command: a ${{needs} → b ${{needs}
      COMMAND = a {{needs}      | COMMAND = a {needs}       | SETTING_CHANGED command: a {{needs} → a {needs}
      NEED x = 1                | NEED x = 2                | NEED_CHANGED x: 1 → 2
                                | NEED x = 1                | NEED_ADDED x: → 1
      NEED x = 1                |                           | NEED_REMOVED x: 1 →
      NEED x = missing          | NEED x = 1                | NEED_ADDED x: → 1
      NEED x = 1                | NEED x = missing          | NEED_REMOVED x: 1 →
      NEED x = 1                | NEED x = unreadable: why  | NEED_UNREADABLE x: 1 → why
      NEED x = 1                | NEED x = pending          |
      FOUND x.h = 1             | FOUND x.h = 2             | NEED_CHANGED x.h: 1 → 2
      FOUND x.h = 1             |                           | NEED_REMOVED x.h: 1 →
                                | FOUND x.h = 1             | NEED_ADDED x.h: → 1
      FOUND x.h = 1             | NEED x.h = 1              | NEED_ADDED x.h: → 1
      LIST d/ = {d/one=1}       | LIST d/ = {d/one=2}       | NEED_CHANGED d/one: 1 → 2
      LIST d/ = {d/one=1}       | LIST d/ = {d/one=1 d/two=2} | NEED_ADDED d/two: → 2
      LIST d/ = {d/one=1 d/two=2} | LIST d/ = {d/one=1}     | NEED_REMOVED d/two: 2 →
      LIST d/ = {}              | LIST d/ = {d/one=1}       | NEED_CHANGED d/: {} → {d/one=1}
      LIST d/ = {d/one=1}       | LIST d/ = {d/=unreadable:no} | NEED_UNREADABLE d/: → no
      LIST d/ = {d/one=1}       | LIST d/ = pending         |
                                | LIST d/ = {d/one=1}       | NEED_ADDED d/: → {d/one=1}
      LIST d/ = {d/one=1}       |                           | NEED_REMOVED d/: {d/one=1} →
      LIST d/ = {d/1=1}         | LIST d/ = {d/1=1} & ORDER = natural | SETTING_CHANGED order of needs: bytes → natural
      LIST d/ = {d/9=1}         | LIST d/ = {d/10=1 d/9=1} & ORDER = natural | NEED_ADDED d/10: → 1
      LIST d/ = {d/10=1 d/9=1} & ORDER = natural | LIST d/ = {d/9=1} | NEED_REMOVED d/10: 1 →
      COMMAND = a & ORDER = natural | COMMAND = b & ORDER = natural | SETTING_CHANGED command: a → b
      LIST job a = {o=1}        | LIST job b = {o=1}        |
      LIST job a = {o=1}        | LIST job b = {o=2}        | NEED_CHANGED o: 1 → 2
      LIST job a = {o=1} & LIST job b = {p=1} | LIST job c = {p=1} & LIST job d = {o=1} |
      LIST job b = {p=1} & LIST job a = {o=1} | LIST job a = {o=2} & LIST job c = {p=2} | NEED_CHANGED o: 1 → 2; NEED_CHANGED p: 1 → 2
      LIST job a = {o=1} & LIST job b = {p=1} | LIST job d = {p=2} & LIST job c = pending |
      NEEDS_WRITTEN = ["job a"] & LIST job a = {o=1} | NEEDS_WRITTEN = ["job b"] & LIST job b = {o=1} |
      PRODUCT a =               | PRODUCT a = & PRODUCT b = | PRODUCTS_DECLARED : a → a b
      PRODUCT a = & PRODUCT b = | PRODUCT b =               | PRODUCTS_DECLARED : a b → b
                                | IMAGE 1 = busybox         | SETTING_CHANGED image 1: host → busybox
      IMAGE = bb 0123456789abcd |                           | SETTING_CHANGED image: bb 0123456789ab → host
      IMAGE = bb 0123456789abcd | IMAGE = bb 0123456789abce | SETTING_CHANGED image: bb 0123456789ab → bb 0123456789ab
      IMAGE = bb 0123456789abcd | IMAGE = cc 0123456789abcd |
      CONTAINER = [] ["-v"]     | CONTAINER = [] []         | SETTING_CHANGED container: [] ["-v"] → [] []
      BEFORE = load gcc         | BEFORE = load llvm        | SETTING_CHANGED before: load gcc → load llvm
                                | TRACE = true              | SETTING_CHANGED trace: → true
                                | ARGUMENTS = -v            | SETTING_CHANGED arguments: → -v
                                | SKIP = [77]               | SETTING_CHANGED skip: → [77]
      DATA t.loss = 0.25        | DATA t.loss = 0.2         | DATA_CHANGED t.loss: 0.25 → 0.2
      DATA t.loss = missing     | DATA t.loss = 0.2         | DATA_CHANGED t.loss: → 0.2
      DATA t.loss = 0.25        | DATA t.loss = missing     | DATA_CHANGED t.loss: 0.25 →
      DATA t.loss = 0.25        | DATA t.loss = pending     |
                                | DATA t.loss = 0.25        | DATA_CHANGED t.loss: → 0.25
      KEY p.yaml a.b = 50       | KEY p.yaml a.b = 60       | KEY_CHANGED p.yaml a.b: 50 → 60
      KEY p.yaml a = 50         | KEY p.yaml a = pending    |
                                | KEY p.yaml a = 50         | KEY_CHANGED p.yaml a: → 50
      KEY p.yaml a = 50         | KEY p.yaml a = missing    | KEY_CHANGED p.yaml a: 50 →
      KEY p.yaml a = 50         | KEY p.yaml a = unreadable: why | NEED_UNREADABLE p.yaml: → why
      KEYED p.yaml = 1          | KEYED p.yaml = 2          |
                                | EXTRA sandbox = true            | SETTING_CHANGED sandbox: → true
      EXTRA = true              | EXTRA sandbox = true      |
      EXTRA = true              |                           | SETTING_CHANGED manifest: true →
      SURROUNDINGS = m {a}       | SURROUNDINGS = m {b}       | SETTING_CHANGED environment m: {a} → {b}
      SURROUNDINGS = m {a}       | SURROUNDINGS = n {a}       |
                                | SURROUNDINGS = m {a} & SURROUNDINGS m l = 1 | SETTING_CHANGED environment m: → {a}
      SURROUNDINGS = m {a} & SURROUNDINGS m l = 1 |           | SETTING_CHANGED environment m: {a} →
      SURROUNDINGS m l = 1       | SURROUNDINGS n l = 2       | SETTING_CHANGED environment n: l 1 → 2
      SURROUNDINGS m l = 1       | SURROUNDINGS m l = pending |
      TOOL gcc = 1              | TOOL gcc = 2              | TOOL_CHANGED gcc: 1 → 2
                                | TOOL gcc = 2              | TOOL_CHANGED gcc: → 2
      TOOL gcc = 1              |                           | TOOL_CHANGED gcc: 1 →
      TOOL gcc = missing        | TOOL gcc = 2              | TOOL_CHANGED gcc: → 2
      TOOL gcc = 1              | TOOL gcc = unreadable: why | NEED_UNREADABLE gcc: 1 → why
      LEFT_OUT job g = 1        | LEFT_OUT job g = 2        |
                                | LEFT_OUT job g = 2        |
      LATER x = 1               | LATER x = 2               | SETTING_CHANGED manifest: 1 → 2
      """;

  private record Row(String before, String after, String reasons) {
    static Row of(String line) {
      List<String> cells = Arrays.stream(line.split("\\|", 3)).map(String::strip).toList();
      return new Row(cells.get(0), cells.get(1), cells.get(2));
    }

    @Override
    public String toString() {
      return before + " | " + after;
    }
  }

  static Stream<Row> rows() {
    return TABLE.lines().map(Row::of);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void itsReasonsAre(Row row) {
    List<ManifestEntry> now = lines(row.after());
    List<Reason> reasons =
        ManifestDiff.between(
            lines(row.before()),
            now,
            ManifestDiffTest::members,
            name -> {
              for (ManifestEntry line : now) {
                if (line.name().equals(name) && line.now().startsWith("{")) {
                  return members(line.now());
                }
              }
              return List.of(); // the members of a list that a job has yet to decide are unknown
            },
            _ -> null);
    assertEquals(
        row.reasons(),
        reasons.stream()
            .map(r -> "%s %s: %s → %s".formatted(r.kind(), r.name(), r.old(), r.now()))
            .map(text -> text.replaceAll(" +", " ").strip())
            .collect(Collectors.joining("; ")));
  }

  @Test
  void reasonsOfALaterTorcAreLeftOut() {
    int kinds = Reason.Kind.values().length;
    List<ManifestEntry> stored =
        IntStream.of(0, kinds, kinds - 1)
            .mapToObj(code -> new ManifestEntry(code, "x", "", ""))
            .toList();
    assertEquals(
        List.of(0, kinds - 1),
        Causes.decode(stored).stream().map(reason -> reason.kind().ordinal()).toList());
  }

  @Test
  void everyKindOfLineHasARow() {
    Set<LineKind> kinds = EnumSet.noneOf(LineKind.class);
    rows()
        .flatMap(row -> Stream.of(row.before(), row.after()))
        .flatMap(cell -> lines(cell).stream())
        .filter(line -> LineKind.of(line.code()) != null)
        .forEach(line -> kinds.add(LineKind.of(line.code())));
    assertEquals(EnumSet.allOf(LineKind.class), kinds);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          true  | NEED x = 2 & FOUND x.h = 1 & TOOL cc = 1 & LIST d/ = {d/a=1 d/b=1} & ENV A = =a
          true  | NEED x = 1 & FOUND x.h = 2 & TOOL cc = 1 & LIST d/ = {d/a=1 d/b=1} & ENV A = =a
          true  | NEED x = 1 & FOUND x.h = 1 & TOOL cc = 2 & LIST d/ = {d/a=1 d/b=1} & ENV A = =a
          true  | NEED x = 1 & FOUND x.h = 1 & TOOL cc = 1 & LIST d/ = {d/a=1 d/b=2} & ENV A = =a
          false | NEED y = 1 & FOUND x.h = 1 & TOOL cc = 1 & LIST d/ = {d/a=1 d/b=1} & ENV A = =a
          false | NEED x = 1 & FOUND x.h = 1 & TOOL cc = 1 & LIST d/ = {d/a=1 d/c=1} & ENV A = =a
          false | NEED x = 1 & FOUND x.h = 1 & TOOL cc = 1 & LIST d/ = {d/a=1 d/b=1} & ENV A = =b
          """)
  void contentsOfFilesAreNoPartOfTheCommand(boolean same, String lines) {
    String now = "NEED x = 1 & FOUND x.h = 1 & TOOL cc = 1 & LIST d/ = {d/a=1 d/b=1} & ENV A = =a";
    assertEquals(same, command(lines).equals(command(now)));
  }

  /** The digest of the command of a manifest with these lines. */
  private static Digest command(String text) {
    Map<Digest, List<ManifestEntry>> lists = new HashMap<>();
    List<ManifestEntry> lines = new ArrayList<>();
    for (ManifestEntry line : lines(text)) {
      Digest digest = Digest.ofText(line.now());
      boolean list = line.code() == LineKind.LIST.ordinal();
      if (list) {
        lists.put(digest, members(line.now()));
      }
      String value = list ? digest.hex() : line.now();
      lines.add(new ManifestEntry(line.code(), line.name(), "", value));
    }
    return new Described(null, lines, lists).command();
  }

  private static List<ManifestEntry> lines(String cell) {
    return cell.isEmpty()
        ? List.of()
        : Arrays.stream(cell.split(" & ")).map(ManifestDiffTest::line).toList();
  }

  private static ManifestEntry line(String text) {
    String[] parts = text.split(" =( |$)", 2);
    String[] names = parts[0].split(" ", 2);
    int code = names[0].equals("LATER") ? 99 : LineKind.valueOf(names[0]).ordinal();
    return new ManifestEntry(code, names.length > 1 ? names[1] : "", "", parts[1]);
  }

  private static List<ManifestEntry> members(String list) {
    if (!list.startsWith("{") || list.equals("{}")) {
      return null;
    }
    return Arrays.stream(list.substring(1, list.length() - 1).split(" "))
        .map(member -> member.split("=", 2))
        .map(
            pair ->
                new ManifestEntry(
                    LineKind.NEED.ordinal(), pair[0], "", pair[1].replace("able:", "able: ")))
        .toList();
  }
}
