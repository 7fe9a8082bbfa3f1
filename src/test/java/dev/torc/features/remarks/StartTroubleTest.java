package dev.torc.features.remarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StartTroubleTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "sh: 1: fit: not found | fit",
        "run.sh: 3: fit: not found | fit",
        "bash: line 1: fit: command not found | fit",
        "./a b.sh: line 12: fit-2.1: command not found | fit-2.1",
        "sh: fit: not found | fit",
        "zsh:1: command not found: fit | fit",
        "/usr/bin/env: 'fit': No such file or directory | fit",
        "env: ‘fit’: No such file or directory | fit",
        "env: can't execute 'fit': No such file or directory | fit",
        "env: fit: No such file or directory | fit",
        "page not found | ~~",
        "cat: x.csv: No such file or directory | ~~",
      })
  void theShellsWordsNameTheProgram(String line, String program) {
    assertEquals(program, StartTrouble.named("before\n" + line + "\nafter\n"));
  }
}
