package dev.torc.buildfile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torc.syntax.Node;
import dev.torc.syntax.Place;
import dev.torc.workflow.Step;
import dev.torc.workflow.Template;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        "python3 -m mod y|python3",
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
      })
  void theFilesThatACommandRuns(String command, String expected) {
    Template text =
        new Scope(Map.of(), "j", null, null)
            .command(new Node.Scalar(Place.NONE, command, true), SH);
    List<String> words = CommandWords.programs(new Step.Command.Shell(text), SH);
    List<String> wanted = expected.isEmpty() ? List.of() : Arrays.asList(expected.split(" "));
    assertEquals(wanted, words);
  }

  @Test
  void listsOfWordsAreReadToo() {
    List<Template> words = List.of(Template.of("python3"), Template.of("a b.py"));
    assertEquals(
        List.of("python3", "a b.py"), CommandWords.programs(new Step.Command.Words(words), SH));
  }

  @Test
  void anotherShellSaysNothing() {
    assertEquals(
        List.of(),
        CommandWords.programs(
            new Step.Command.Shell(Template.of("python3 x.py")), List.of("fish", "-c")));
  }
}
