using System.Globalization;
using System.Text;
using Tcpwhy.Tests.Cli;
using Xunit;

namespace Tcpwhy.Tests.Lab;

/// <summary>docs/confusion.md is docs/score.json as a matrix; UPDATE_GOLDEN=1 writes it anew.</summary>
public class ConfusionTests
{
    [Fact]
    public void Matrix_is_that_of_the_committed_score() => Golden.Matches("../../../docs/confusion.md", Page(LabScore.Committed));

    static string Page(LabScore score)
    {
        string[] others = [.. score.Causes.SelectMany(cause => score.Confusions(cause).Keys).Distinct().Order(StringComparer.Ordinal)];
        StringBuilder page = new(string.Create(CultureInfo.InvariantCulture, $"""
            # Confusion matrix

            What `tcpwhy lab run all --variations` made, and what was said of it: [score.json](score.json), as a table. A row is a cause
            that was made, in so many variations (as usual, in its other variants, over IPv6, on other ports between other programs, beside
            healthy traffic); a column says in how many of them a cause was named first, or called trouble besides. Causes that were never
            taken for another have no column. Recall {score.Recall:0.000}, precision {score.Precision:0.000}.

            | made | variations | itself |
            """));
        page.Append(string.Concat(others.Select(other => $" {other} |"))).Append("\n|---|---|---|").Insert(page.Length, "---|", others.Length).Append('\n');
        foreach (string cause in score.Causes)
        {
            (int made, int named) = score.Counts(cause);
            IReadOnlyDictionary<string, int> confusions = score.Confusions(cause);
            page.Append($"| {cause} | {made} | {named} |").Append(string.Concat(others.Select(other => $" {(confusions.TryGetValue(other, out int times) ? $"{times}" : "·")} |"))).Append('\n');
        }
        page.Append("\n| healthy traffic | requests | called trouble |\n|---|---|---|\n");
        foreach ((string name, int requests, string[] alarms) in score.Healthy)
            page.Append(CultureInfo.InvariantCulture, $"| {name} | {requests:#,##0} | {(alarms.Length == 0 ? "nothing" : string.Join(", ", alarms))} |\n");
        return page.ToString();
    }
}
