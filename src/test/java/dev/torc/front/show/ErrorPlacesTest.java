package dev.torc.front.show;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The forms in which programs name the place of an error, one row for each. */
class ErrorPlacesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      textBlock =
          """
          a.c:2:23: error: expected ';'                                       # a.c 2 23 expected ';'
          a.c:4: fatal error: x.h: No such file                               # a.c 4 - x.h: No such file
          A.java:3: error: cannot find symbol                                 # A.java 3 - cannot find symbol
          a.ts(2,1): error TS2304: Cannot find name 'x'.                      # a.ts 2 1 TS2304: Cannot find name 'x'.
          a.ts:3:5 - error TS2322: Type 'a' is not assignable.                # a.ts 3 5 TS2322: Type 'a' is not assignable.
          ./a.go:5:2: undefined: x                                            # ./a.go 5 2 undefined: x
          vet: ./a.go:5:2: undefined: x                                       # ./a.go 5 2 undefined: x
          error[E0425]: cannot find value `x`\\n  --> src/a.rs:2:5             # src/a.rs 2 5 cannot find value `x`
          error: unused import\\nwarning: x\\n --> src/a.rs:7:1                 # src/a.rs 7 1 unused import
          a.js\\n  1:2  warning  w  r\\n  3:5  error  'x' is not defined  no-undef # a.js 3 5 'x' is not defined
          Traceback (most recent call last):\\n  File "a.py", line 3, in <module>\\n    f()\\n  File "b.py", line 2, in f\\n    1/0\\nZeroDivisionError: division by zero # b.py 2 - ZeroDivisionError: division by zero
          Traceback (most recent call last):\\n  File "a.py", line 3, in <module>\\n    f()\\n  File "gone/b.py", line 2, in f\\n    1/0\\nKeyError # a.py 3 - KeyError
          x\\n  File "a.py", line 2\\n    x =\\n       ^\\nSyntaxError: invalid syntax # a.py 2 - SyntaxError: invalid syntax
          a.c:1:3: warning: unused                                            # nothing
          gone/a.c:7:1: error: elsewhere                                      # nothing
          error: 12:3: error:                                                 # nothing
          error[E0601]: `main` function not found                             # nothing
          \\n  3:5  error  without a file                                        # nothing
          """)
  void theFirstPlaceIsFound(String output, String expected) {
    var found =
        new ErrorPlaces(name -> name.startsWith("gone/") || name.isBlank() ? null : Path.of(name))
            .first(output.replace("\\n", "\n").lines().toList());
    assertEquals(
        expected,
        found
            .map(
                at ->
                    "%s %s %s %s"
                        .formatted(
                            at.file(),
                            at.line(),
                            at.column() == null ? "-" : at.column(),
                            at.message()))
            .orElse("nothing"));
  }

  /** Each place of an output as a link, with its file's line in brackets. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      textBlock =
          """
          a.c:2:23: error: x\\na.c: error: y                            # [a.c:2:23](2): error: x\\na.c: error: y
          a.c(2,3): error TS1: x                                       # [a.c(2,3](2)): error TS1: x
          error: x\\n --> a.c:2:5                                       # error: x\\n --> [a.c:2:5](2)
          a.c\\n  3:5  error  x                                         # a.c\\n  [3:5](3)  error  x
          T:\\n  File "a.c", line 3, in f\\n  File "gone", line 3\\nKeyError # T:\\n  File "[a.c", line 3](3), in f\\n  File "gone", line 3\\nKeyError
          gone:2:3: error: x                                           # gone:2:3: error: x
          \\0:2:3: error: x                                             # \\0:2:3: error: x
          """)
  void placesAreLinks(String output, String expected, @TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("a.c"), "");
    String linked =
        String.join("\n", ErrorPlaces.linked(unfolded(output).lines().toList(), folder));
    String brackets =
        linked.replaceAll(
            "\u001b]8;;" + file.toUri() + "#(\\d+)\u001b\\\\(.*?)\u001b]8;;\u001b\\\\", "[$2]($1)");
    assertEquals(unfolded(expected), brackets);
  }

  private static String unfolded(String text) {
    return text.replace("\\n", "\n").replace("\\0", "\0");
  }
}
