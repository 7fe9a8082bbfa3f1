package dev.torc.front.ask;

import java.io.IOException;

/**
 * Chooses the class that answers a command. {@link Call} does not use the answers, so that each
 * answer can be understood with {@link Call} alone.
 */
public final class Answers {

  private Answers() {}

  /** Answers a call, prints the answer and returns the exit status. */
  public static int print(Call call) throws IOException {
    return switch (call.command()) {
      case "adopt" -> call.has("--source") ? AdoptedSources.run(call) : AdoptAnswer.run(call);
      case "check" -> CheckAnswer.run(call);
      case "clean" -> call.print(CleanAnswer.of(call));
      case "data" -> call.print(DataAnswer.of(call));
      case "doctor" -> call.print(new DoctorAnswer(call));
      case "events" -> EventsAnswer.run(call);
      case "graph" -> GraphPicture.run(call);
      case "history" -> call.print(HistoryAnswer.of(call));
      case "list" ->
          call.print(call.has("--resources") ? ResourcesAnswer.of(call) : ListAnswer.of(call));
      case "log" -> LogAnswer.run(call);
      case "shell" -> ShellAnswer.run(call);
      case "status" -> StatusAnswer.run(call);
      case "stop" -> StopAnswer.run(call);
      case "store" -> call.print(StoreAnswer.of(call));
      case "why" -> WhyAnswer.run(call);
      default -> throw new IllegalArgumentException(call.command());
    };
  }
}
