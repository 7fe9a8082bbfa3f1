package dev.torc.features.remarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torc.base.syntax.Node;
import dev.torc.base.syntax.Place;
import dev.torc.base.syntax.Problems;
import dev.torc.core.model.Step;
import dev.torc.core.model.Template;
import dev.torc.features.reading.Scope;
import dev.torc.features.reading.Vars;
import dev.torc.features.remarks.CommandWords.Role;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandWordsTest {

  private static final List<String> SH = List.of("sh", "-e", "-c");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '%',
      value = {
        "python3 work.py a.json|python3 work.py",
        "python3 -u 'work.py'|python3 work.py",
        "python3.12 work.py|python3.12 work.py",
        "python3 -c 'import x' y|python3",
        "python3 -m mod y|python3 mod",
        "python3 -m|python3",
        "python3 -u|python3",
        "-v x|-v",
        "diff <(sort a) >(tee b) c|sort tee diff",
        "./run.sh a && sh b.sh|./run.sh sh b.sh",
        "A=1 B=2 tool/x y|tool/x",
        "time nice -n python3 x.py|python3 x.py",
        "if ! ./check; then ./fix; fi|./check ./fix fi",
        "awk -f prog.awk data|awk prog.awk",
        "awk '{print $1}' data|awk",
        "x=$(python3 gen.py) ./use|python3 gen.py",
        ">log ./x 2>&1|./x",
        "{needs} python3 x.py|%%",
        "python3 {needs} x.py|python3",
        ". ./env.sh; Rscript fit.R|. ./env.sh Rscript fit.R",
        "cd sub; python3 x.py; ./run; /opt/run|cd python3 /opt/run",
      })
  void theFilesThatACommandRuns(String command, String expected) {
    Template text =
        new Scope(Vars.of(Map.of()), "j", new Problems())
            .command(new Node.Scalar(Place.NONE, command, true), SH);
    List<String> wanted = expected.isEmpty() ? List.of() : Arrays.asList(expected.split(" "));
    assertEquals(wanted, words(new Step.Command.Shell(text), RUN));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '%',
      value = {
        "wc -l a.csv|-l a.csv",
        "./run 'a b' \"c\"|a b,c",
        "x --in=a.csv -Iinc/b -o2 A=c|--in=a.csv a.csv -Iinc/b inc/b -o2 A=c c",
        "A=a.csv x|A=a.csv a.csv",
        "x --exclude=a.csv --ignore=b =c|--exclude=a.csv --ignore=b =c",
        "x a\\ b a>b|a b,a",
        "x a >|a",
        "x '$(y' \"$(cat e)\" c|e,$(y,c",
        "[ a = b ]; x c|a = b ] c",
        "A=a.csv python3 -c x|A=a.csv a.csv -c x",
        "python3 -m mod y|-m y",
        "x a.csv $Y b$Y \"$Y\"/c `cat d` $(cat e) *.f|e a.csv",
        "x <a.csv >b.csv 2>>c|a.csv",
        "x # a.csv~cat b|b",
        "cat <<E > out~a.csv~E~y b~z c|b c",
        "echo a.csv; printf 'a b' c; rm -f d; mkdir -p e; touch f|%%",
        "cd sub && cat a ../b /c|sub,/c",
        "cat a; cd sub; cat b > c|a,sub",
        "(cd sub; cat a); cat b /c|sub,/c",
        "if x; then cd sub; fi; cat b|sub",
        "cd $X; cat b < c|%%",
        "for f in a b; do x $f; done|f in a b",
        "case $x in a.csv) cat b;; esac; cat c|%%",
        "tar -C sub -c a|%%",
        "{needs} a --in={needs}|a",
        "python3 x.py a|a",
      })
  void theOtherWordsOfACommand(String command, String expected) {
    Template text =
        new Scope(Vars.of(Map.of()), "j", new Problems())
            .command(new Node.Scalar(Place.NONE, command.replace('~', '\n'), true), SH);
    String join = expected.indexOf(',') < 0 ? " " : ",";
    assertEquals(
        expected, String.join(join, words(new Step.Command.Shell(text), Set.of(Role.ARGUMENT))));
  }

  private static final Set<Role> RUN = Set.of(Role.PROGRAM, Role.SCRIPT, Role.MODULE);

  private static List<String> words(Step.Command command, Set<Role> roles) {
    return new CommandWords(command, SH)
        .words().stream()
            .filter(word -> roles.contains(word.role()))
            .map(CommandWords.CommandWord::text)
            .toList();
  }

  @Test
  void listsOfWordsAreReadToo() {
    List<Template> words = List.of(Template.of("python3"), Template.of("a b.py"));
    assertEquals(List.of("python3", "a b.py"), words(new Step.Command.Words(words), RUN));
  }

  @Test
  void anotherShellSaysNothing() {
    assertEquals(
        List.of(),
        new CommandWords(new Step.Command.Shell(Template.of("python3 x.py")), List.of("fish", "-c"))
            .words());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a | b", "a|b", "a |& b", "x $(a | b)", "a 'x|y' | b", "(a | b)"})
  void pipesAreSeen(String text) {
    assertTrue(losesFailures(text, SH));
    assertFalse(losesFailures("set -o pipefail; " + text, SH));
    assertFalse(losesFailures(text, List.of("bash", "-o", "pipefail", "-c")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a || b",
        "a 'x|y'",
        "a \"x|y\"",
        "a \\| b",
        "a >| b",
        "a # x | y",
        "[[ a =~ (b|c) ]]",
        "case a in b|c) d;; esac",
        "cat <<E\na | b\nE"
      })
  void otherBarsAreNoPipes(String text) {
    assertFalse(losesFailures(text, SH));
  }

  private static boolean losesFailures(String text, List<String> shell) {
    return new CommandWords(new Step.Command.Shell(Template.of(text)), shell).losesFailures();
  }

  @Test
  void filesOfRedirectionsAreToldApart() {
    Step.Command text =
        new Step.Command.Shell(
            Template.of(
                "x <in 3< 'a b' 2>&1 <&4 <<<text >out >>log >|c &>d <>both < $X y <<E\nf\nE\nz"));
    assertEquals(List.of("x", "y", "z"), words(text, Set.of(Role.PROGRAM)));
    assertEquals(List.of("in", "a b"), words(text, Set.of(Role.ARGUMENT)));
    assertEquals(List.of("1", "out", "log", "c", "d", "both"), words(text, Set.of(Role.TARGET)));
  }
}
