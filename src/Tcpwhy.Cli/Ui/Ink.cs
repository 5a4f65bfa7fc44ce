namespace Tcpwhy.Cli.Ui;

/// <summary>How a piece of text is drawn where colours are wanted.</summary>
internal enum Ink
{
    Plain,
    Bold,
    Dim,
    Red,
    Yellow,
    Green,
    Cyan,
}

/// <summary>Text of one ink.</summary>
internal readonly record struct Piece(string Text, Ink Ink = Ink.Plain)
{
    public static implicit operator Piece(string text) => new(text);
}
