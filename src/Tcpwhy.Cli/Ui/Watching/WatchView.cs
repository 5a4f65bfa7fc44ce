namespace Tcpwhy.Cli.Ui.Watching;

/// <summary>Draws what is known, as the user chose to see it: a pure function of the two.</summary>
internal static class WatchView
{
    private const int Top = 4;

    /// <summary>How many rows a list has to page through.</summary>
    public static int PageRows(int height) => Math.Max(height - Top - 3, 1);

    /// <summary>Draws the whole screen. It tells <paramref name="state"/> how many rows and lines there are.</summary>
    /// <param name="words">Knows the language; nothing is written to it.</param>
    public static void Draw(WatchData data, ViewState state, CellBuffer cells, Screen words)
    {
        cells.Clear();
        if (cells.Width < 20 || cells.Height < 8)
        {
            cells.Put(0, 0, words.T("too small"));
            return;
        }
        Head(data, state, cells, words);
        int end = cells.Height - 1;
        if (state.Help)
            HelpView.Draw(cells, Top, end, words);
        else if (state.Detail)
            DetailView.Draw(data, state, cells, Top, end, words);
        else
            Body(data, state, cells, end, words);
        Foot(state, cells, words);
    }

    private static void Body(WatchData data, ViewState state, CellBuffer cells, int end, Screen words)
    {
        switch (state.View)
        {
            case View.Failures:
                FailuresView.Draw(data, state, cells, Top, end, words);
                break;
            case View.Connections:
                ConnectionsView.Draw(data, state, cells, Top, end, words);
                break;
            case View.Listeners:
                ListenersView.Draw(data, state, cells, Top, end, words);
                break;
            case View.Processes:
                ProcessesView.Draw(data, state, cells, Top, end, words);
                break;
            case View.Limits:
                LimitsView.Draw(data, state, cells, Top, end, words);
                break;
            default:
                AlertsView.Draw(data, state, cells, Top, end, words);
                break;
        }
    }

    private static void Head(WatchData data, ViewState state, CellBuffer cells, Screen words)
    {
        TimeSpan watched = data.Now - data.Begun;
        string clock = $"{Measure.Seconds(data.Now)} UTC · {data.Source} · {(int)watched.TotalHours}:{watched.Minutes:00}:{watched.Seconds:00}";
        int x = cells.Put(0, 0, "tcpwhy watch", Ink.Bold);
        int room = cells.Width - DisplayWidth.Of(clock) - 2;
        if (state.Frozen)
            x = cells.Put(x + 2, 0, words.T("standing still"), Ink.Yellow, reversed: true, end: room);
        if (data.Filter.Length > 0)
            cells.Put(x + 2, 0, Blocks.Cut(Escape.Visible(data.Filter), Math.Max(room - x - 2, 0)), Ink.Cyan, end: room);
        cells.PutRight(0, cells.Width, 0, clock, Ink.Dim);
        Tabs(state, cells, words);
        Pulse(data, cells, words);
    }

    private static void Tabs(ViewState state, CellBuffer cells, Screen words)
    {
        string[] names = [words.T("Failures"), words.T("Connections"), words.T("Listeners"), words.T("Processes"), words.T("Limits"), words.T("Alerts")];
        bool narrow = names.Sum(name => DisplayWidth.Of(name) + 4) > cells.Width;
        int x = 0;
        for (int i = 0; i < names.Length; i++)
        {
            bool shown = (int)state.View == i;
            string text = narrow && !shown ? $" {i + 1} " : $" {i + 1} {names[i]} ";
            x = cells.Put(x, 1, text, shown ? Ink.Bold : Ink.Plain, reversed: shown);
        }
    }

    private static void Pulse(WatchData data, CellBuffer cells, Screen words)
    {
        if (data.Reading is not { } reading)
        {
            cells.Put(0, 2, words.T("the first look is on its way"), Ink.Dim);
            return;
        }
        List<Piece> pieces = [words.Count(reading.Connections, "{0} connection", "{0} connections")];
        long failed = data.Failed.Sum(data.Now, TimeSpan.FromMinutes(1));
        pieces.Add(new Piece(words.T("{0} failed in 1 min", Measure.Number(failed)), failed > 0 ? Ink.Red : Ink.Plain));
        if (data.Warnings.Count > 0)
            pieces.Add(new Piece(words.Count(data.Warnings.Count, "{0} warning", "{0} warnings"), Ink.Yellow));
        if (data.Lost > 0)
            pieces.Add(new Piece(words.Count(data.Lost, "{0} event lost", "{0} events lost"), Ink.Yellow));
        if (reading.Rates is { } rates)
        {
            pieces.Add(words.T("{0} opened/s", Measure.Rate(rates.Opened + rates.Accepted)));
            pieces.Add(words.T("{0} sent again", Measure.Percent(rates.RetransmitShare)));
        }
        int x = 0;
        foreach (Piece piece in pieces)
        {
            if (x > 0 && x + 3 + DisplayWidth.Of(piece.Text) > cells.Width)
                break;
            x = x > 0 ? cells.Put(x, 2, " · ", Ink.Dim) : x;
            x = cells.Put(x, 2, piece.Text, piece.Ink);
        }
        string own = words.T("own CPU {0}", Measure.Percent(Math.Round(data.OwnCpu, 3)));
        if (x + 2 + DisplayWidth.Of(own) <= cells.Width)
            cells.PutRight(x, cells.Width, 2, own, Ink.Dim);
    }

    private static void Foot(ViewState state, CellBuffer cells, Screen words)
    {
        int y = cells.Height - 1;
        if (state.Prompt is { } typed)
        {
            int x = cells.Put(0, y, words.T("filter") + ": ", Ink.Bold);
            x = cells.Put(x, y, typed);
            x = cells.Put(x, y, " ", reversed: true);
            if (state.Complaint is { } wrong)
                cells.Put(x + 1, y, wrong, Ink.Red);
            return;
        }
        int at = 0;
        foreach ((string key, string what) in Keys(state, words))
        {
            if (at + DisplayWidth.Of(key) + DisplayWidth.Of(what) + 1 > cells.Width)
                break;
            at = cells.Put(at, y, key, Ink.Bold);
            at = cells.Put(at + 1, y, what, Ink.Dim) + 2;
        }
    }

    private static IEnumerable<(string Key, string What)> Keys(ViewState state, Screen words)
    {
        if (state.Help)
        {
            yield return (words.T("any key"), words.T("go back"));
            yield break;
        }
        yield return ("↑↓", state.Detail ? words.T("scroll") : words.T("select"));
        if (state.Detail && state.View == View.Failures)
            yield return ("←→", words.T("other examples"));
        if (state.Detail)
        {
            yield return ("esc", words.T("go back"));
            yield break;
        }
        if (state.View is View.Failures or View.Connections or View.Processes)
            yield return ("⏎", words.T("details"));
        if (state.View == View.Connections)
        {
            yield return ("s", words.T("order"));
            yield return ("r", words.T("reverse"));
        }
        if (state.View is View.Failures or View.Limits)
            yield return ("+-", words.T("time scale"));
        yield return ("/", words.T("filter"));
        yield return ("p", words.T("stand still"));
        yield return ("?", words.T("help"));
        yield return ("q", words.T("quit"));
    }

    /// <summary>Numbers of the time that charts show, with a bar for each column that is free.</summary>
    public static string Chart(Series series, DateTimeOffset end, TimeSpan span, int width)
    {
        if (width <= 0)
            return "";
        long[] places = series.Buckets(end, span, Math.Min(width, Series.Places(span)));
        return Sparkline.Of([.. Enumerable.Range(0, width).Select(column => places[column * places.Length / width])]);
    }

    /// <summary>The time that charts show.</summary>
    public static string SpanText(TimeSpan span, Screen words) => span.TotalHours >= 1 ? words.T("last {0} h", (int)span.TotalHours) : words.T("last {0} min", (int)span.TotalMinutes);

    /// <summary>How long ago, as 3 s or 5 min.</summary>
    public static string Ago(TimeSpan span) => span.TotalSeconds switch
    {
        < 0 => "0 s",
        < 120 => $"{(int)span.TotalSeconds} s",
        < 7200 => $"{(int)span.TotalMinutes} min",
        _ => $"{(int)span.TotalHours} h",
    };
}
