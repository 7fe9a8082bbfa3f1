package dev.torc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** The rules of style that a test can check: words of comments, long and dead methods, size. */
class TidyTest {

  private static final Path MAIN = Path.of("src", "main", "java");
  private static final int LONGEST_METHOD = 70;

  /**
   * Bounds are steps: lines of 500, the others of 10. A commit that needs one more says for what.
   */
  private static final int LINES = 84_000;

  private static final int FILES = 780;
  private static final int SURFACE = 430;

  /** Types that only one other package uses; Answers is one, so that Call knows no answer. */
  private static final int ALONE = 160;

  /** Lists of more than seven parameters or components, and the longest one: both only fall. */
  private static final int LONG_LISTS = 11;

  private static final int LONGEST_LIST = 11;

  /** Methods for tests alone (counters, views), and methods called from outside of the classes. */
  private static final Set<String> SEEN_FROM_OUTSIDE =
      Set.of(
          "DigestMemo.bytesRead",
          "DigestMemo.filesHashed",
          "DigestMemo.stats",
          "Environment.of",
          "LmdbCalls.text",
          "Makers.compared",
          "Series.began",
          "SharedStores.pending",
          "WorkflowCodec.reads",
          "BuildLoop.looked");

  private static final Pattern COMMENT =
      Pattern.compile("(?ms)^\\s*/\\*.*?\\*/|(?://[^\\n]*\\n\\s*)+");

  /** Words that stand for persons, or for a noun that is left out. */
  private static final Pattern BANNED =
      Pattern.compile(
          "(?i)\\b(who|whoever|whom|nobody|anybody|somebody|of what|what of|of those that|likewise"
              + "|at rest|restless|shared roots?|kept results?|kept graph)"
              + "\\b|/\\*\\* (that|those) of\\b");

  /** Words that end like a verb and are none, as the first word of a method's comment. */
  private static final Set<String> NO_VERBS =
      Set.of(
          ("Always Amounts As Bytes Colours Columns Contents Files Groups Hundredths"
                  + " Identifiers Images Instances Its Jobs Keys Lines Nanoseconds Paths Patterns"
                  + " Programs Products Reasons Resources Results Rows Seconds Tables Texts This"
                  + " Thus Tools Values Variables Vars Warnings Words Yes")
              .split(" "));

  @Test
  void aCommentHasThingsOfTheCodeAsItsSubjects() throws IOException {
    List<String> found = new ArrayList<>();
    for (String root : List.of("main", "test", "bench")) {
      for (Path source : FilesTest.sources(root)) {
        for (MatchResult comment : COMMENT.matcher(Files.readString(source)).results().toList()) {
          String words = comment.group().replaceAll("\\s*\\n\\s*(\\*(?!/)|//)?\\s*", " ");
          BANNED
              .matcher(words)
              .results()
              .forEach(word -> found.add(source + ": " + word.group() + ": " + words));
        }
      }
    }
    assertEquals(List.of(), found);
  }

  /** A name that begins with a question word has no subject: what happens to which thing? */
  @Test
  void theNameOfATestIsAPlainStatement() throws IOException {
    Pattern question = Pattern.compile("void ((?:what|who|which|where)(?:ever)?[A-Z]\\w*)\\(");
    List<String> found = new ArrayList<>();
    for (Path source : FilesTest.sources("test")) {
      question
          .matcher(Files.readString(source))
          .results()
          .forEach(name -> found.add(source + ": " + name.group(1)));
    }
    assertEquals(List.of(), found);
  }

  @Test
  void noMethodIsLong() throws IOException {
    List<String> found = new ArrayList<>();
    eachMethod(
        (path, trees) -> {
          CompilationUnitTree unit = path.getCompilationUnit();
          Tree body = ((MethodTree) path.getLeaf()).getBody();
          SourcePositions places = trees.getSourcePositions();
          LineMap lines = unit.getLineMap();
          if (body != null) {
            long size =
                lines.getLineNumber(places.getEndPosition(unit, body))
                    - lines.getLineNumber(places.getStartPosition(unit, body));
            if (size > LONGEST_METHOD) {
              found.add(name(path) + ": " + size);
            }
          }
        });
    assertEquals(List.of(), found);
  }

  @Test
  void theCommentOfAMethodBeginsWithItsVerb() throws IOException {
    List<String> found = new ArrayList<>();
    eachMethod(
        (path, trees) -> {
          String comment = Objects.requireNonNullElse(trees.getDocComment(path), "@").strip();
          boolean creates = ((MethodTree) path.getLeaf()).getReturnType() == null;
          if (!beginsWithVerb(comment) || creates && comment.startsWith("Returns")) {
            found.add(name(path) + ": " + comment.lines().findFirst().orElse(""));
          }
        });
    assertEquals(List.of(), found);
    assertFalse(beginsWithVerb("Keys of a map."));
    assertFalse(beginsWithVerb("The keys of a map."));
  }

  /** Returns whether the first word is a verb in the third person; tags need none. */
  private static boolean beginsWithVerb(String comment) {
    Matcher verb = Pattern.compile("@|\\{@inheritDoc}|([A-Z][a-z]+s)\\b").matcher(comment);
    return verb.lookingAt() && (verb.group(1) == null || !NO_VERBS.contains(verb.group(1)));
  }

  private static String name(TreePath method) {
    String file = method.getCompilationUnit().getSourceFile().getName();
    return file + " " + ((MethodTree) method.getLeaf()).getName();
  }

  private static void eachMethod(BiConsumer<TreePath, Trees> look) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      var sources = files.getJavaFileObjectsFromPaths(FilesTest.sources("main"));
      JavacTask task = (JavacTask) compiler.getTask(null, files, null, null, null, sources);
      Trees trees = Trees.instance(task);
      for (CompilationUnitTree unit : task.parse()) {
        new TreePathScanner<Void, Void>() {
          @Override
          public Void visitMethod(MethodTree method, Void none) {
            look.accept(getCurrentPath(), trees);
            return super.visitMethod(method, none);
          }
        }.scan(unit, null);
      }
    }
  }

  @Test
  void longListsOfParametersOnlyFall() {
    Map<String, Integer> found = new TreeMap<>();
    for (JavaClass type : HouseTest.TORC) {
      for (JavaCodeUnit unit : type.getCodeUnits()) {
        int size = unit.getRawParameterTypes().size();
        if (size > 7
            && !unit.getModifiers().contains(JavaModifier.SYNTHETIC)
            && (type.isTopLevelClass() || type.isMemberClass())) {
          found.put(unit.getFullName().replaceFirst("\\(.*", ""), size);
        }
      }
    }
    assertTrue(found.size() <= LONG_LISTS, found.size() + " lists: " + found);
    int longest = Collections.max(found.values());
    assertTrue(longest <= LONGEST_LIST, longest + " in a list: " + found);
  }

  @Test
  void noMethodIsDead() {
    List<String> dead = new ArrayList<>();
    for (JavaClass type : HouseTest.TORC) {
      for (JavaMethod method : type.getMethods()) {
        if (method.getAccessesToSelf().isEmpty()
            && method.getReferencesToSelf().isEmpty()
            && !method.getModifiers().contains(JavaModifier.SYNTHETIC)
            && !method.getModifiers().contains(JavaModifier.BRIDGE)
            && !inherited(type, method)
            && !type.isInterface()
            && !method.getName().equals("main")
            && !SEEN_FROM_OUTSIDE.contains(type.getSimpleName() + "." + method.getName())
            && !type.isRecord()
            && !type.isEnum()) {
          dead.add(method.getFullName());
        }
      }
    }
    assertEquals(List.of(), dead);
  }

  private static boolean inherited(JavaClass type, JavaMethod method) {
    return Stream.concat(type.getAllRawSuperclasses().stream(), type.getAllRawInterfaces().stream())
        .anyMatch(
            above ->
                above
                    .tryGetMethod(
                        method.getName(),
                        method.getRawParameterTypes().stream()
                            .map(JavaClass::getName)
                            .toArray(String[]::new))
                    .isPresent());
  }

  /** Within the packages that a type sees, the name of a nested type has one meaning. */
  @Test
  void aNestedNameStandsOnceWherePackagesMeet() {
    Map<String, List<JavaClass>> nested =
        HouseTest.TORC.stream()
            .filter(
                type -> type.isMemberClass() && !type.getModifiers().contains(JavaModifier.PRIVATE))
            .collect(
                Collectors.groupingBy(JavaClass::getSimpleName, TreeMap::new, Collectors.toList()));
    List<String> found = new ArrayList<>();
    for (List<JavaClass> alike : nested.values()) {
      for (JavaClass one : alike) {
        for (JavaClass other : alike) {
          if (one != other && sees(one, other)) {
            found.add(one.getName() + " and " + other.getName());
          }
        }
      }
    }
    assertEquals(List.of(), found);
  }

  /** Whether two types share a package, or the first uses the package of the other, public one. */
  private static boolean sees(JavaClass one, JavaClass other) {
    return one.getPackage().equals(other.getPackage())
        || other.getModifiers().contains(JavaModifier.PUBLIC)
            && one.getPackage().getClassDependenciesFromThisPackage().stream()
                .anyMatch(use -> use.getTargetClass().getPackage().equals(other.getPackage()));
  }

  @Test
  void sizeOnlyFalls() throws IOException {
    Pattern imported = Pattern.compile("(?m)^import (?:static )?((?:[a-z]\\w*\\.)+)([A-Z]\\w*)");
    Map<String, Set<String>> users = new TreeMap<>();
    List<Path> sources = FilesTest.sources("main");
    long lines = 0;
    for (Path source : sources) {
      String text = Files.readString(source);
      String here = MAIN.relativize(source).getParent().toString().replace('/', '.') + ".";
      lines +=
          text.lines()
              .filter(line -> !line.matches("\\s*(/\\*|\\*|//).*|\\s*|(import|package) .*"))
              .count();
      for (MatchResult use : imported.matcher(text).results().toList()) {
        if (use.group(1).startsWith("dev.torc") && !use.group(1).equals(here)) {
          users.computeIfAbsent(use.group(1) + use.group(2), _ -> new TreeSet<>()).add(here);
        }
      }
    }
    List<String> alone = users.keySet().stream().filter(t -> users.get(t).size() == 1).toList();
    assertTrue(lines <= LINES, lines + " code lines");
    assertTrue(sources.size() <= FILES, sources.size() + " files");
    assertTrue(users.size() <= SURFACE, users.size() + " types are used from other packages");
    assertTrue(alone.size() <= ALONE, alone.size() + " of one other package: " + alone);
  }
}
