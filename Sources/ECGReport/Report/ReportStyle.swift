/// The style sheet of a report's page; colours are those of the figures.
enum ReportStyle {
  static let sheet: String = {
    let light = FigureStyle.colours.map { "--hf-\($0.name):\($0.light)" }.joined(separator: ";")
    let dark = FigureStyle.colours.map { "--hf-\($0.name):\($0.dark)" }.joined(separator: ";")
    return """
      :root{\(light);color-scheme:light}
      @media screen and (prefers-color-scheme:dark){:root{\(dark);color-scheme:dark}}
      *{box-sizing:border-box}
      body{margin:0 auto;max-width:52rem;padding:2rem 1.25rem 4rem;background:var(--hf-surface);
      color:var(--hf-ink);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",
      Arial,sans-serif;overflow-wrap:break-word;-webkit-text-size-adjust:100%}
      h1{font-size:1.9rem;line-height:1.2;margin:0 0 .6rem}
      h2{font-size:1.3rem;line-height:1.3;margin:2.75rem 0 .75rem;padding-top:.75rem;
      border-top:1px solid var(--hf-grid)}
      h3{font-size:1.05rem;line-height:1.35;margin:1.75rem 0 .5rem}
      p,ul,dl{margin:.75rem 0}
      ul{padding-left:1.25rem}
      a{color:var(--hf-accent)}
      .summary{font-size:1.1rem}
      .origin,footer{color:var(--hf-muted);font-size:.85rem}
      .purpose{border-left:3px solid var(--hf-axis);padding-left:.9rem;color:var(--hf-muted);
      font-size:.9rem}
      .notice{border-left:3px solid var(--hf-bad);background:var(--hf-panel);padding:.6rem .9rem}
      nav ol{columns:2;column-gap:2rem;padding-left:1.4rem;font-size:.95rem}
      figure{margin:1.75rem 0 2.25rem}
      figure svg{display:block;width:100%;height:auto}
      figure .narrow{display:none}
      figcaption{margin-top:.6rem;font-size:.88rem;line-height:1.45;color:var(--hf-muted)}
      figcaption strong{color:var(--hf-ink)}
      .data{white-space:nowrap;font-size:.82rem}
      p.data{margin:.25rem 0 1.5rem}
      .table{overflow-x:auto;margin-top:1.5rem}
      table{border-collapse:collapse;font-size:.9rem;width:100%}
      caption{text-align:left;padding-bottom:.5rem;color:var(--hf-muted);font-size:.88rem}
      th,td{padding:.4rem .9rem .4rem 0;border-bottom:1px solid var(--hf-grid);text-align:left;
      vertical-align:top}
      thead th{font-weight:600;border-bottom:1px solid var(--hf-axis);vertical-align:bottom}
      tbody th{font-weight:400}
      tbody th{min-width:8.5rem}
      tbody th.number{min-width:0;text-align:left}
      thead th.number:first-child{text-align:left}
      th.number,td.number{text-align:right;font-variant-numeric:tabular-nums}
      td.number span{white-space:nowrap}
      .interval{color:var(--hf-muted)}
      tr>:last-child{padding-right:0}
      dl div{display:grid;grid-template-columns:minmax(9rem,14rem) 1fr;gap:0 1rem;padding:.3rem 0;
      border-bottom:1px solid var(--hf-grid)}
      dt{color:var(--hf-muted)}
      dd{margin:0;overflow-wrap:anywhere}
      pre{background:var(--hf-panel);padding:.9rem;overflow-x:auto;font-size:.82rem;line-height:1.45}
      details{margin:1rem 0;border:1px solid var(--hf-grid);border-radius:4px;padding:.5rem .9rem}
      summary{cursor:pointer;font-weight:600}
      footer{margin-top:3rem;border-top:1px solid var(--hf-grid)}
      @media print,(min-width:46rem){
      .roomy td.number{white-space:nowrap}
      }
      @media (max-width:36rem){
      body{padding:1.25rem 1rem 3rem}
      h1{font-size:1.5rem}
      nav ol{columns:1}
      tbody th{position:sticky;left:0;background:var(--hf-surface)}
      dl div{grid-template-columns:1fr}
      }
      @media screen and (max-width:36rem){
      figure .wide{display:none}
      figure .narrow{display:block}
      }
      @media print{
      :root{font-size:9.5pt}
      body{max-width:none;padding:0}
      nav,.data{display:none}
      h2,h3,summary,caption{break-after:avoid}
      figure,tr,dl div{break-inside:avoid}
      details{border:0;padding:0}
      pre,.table{overflow:visible}
      pre{white-space:pre-wrap}
      details::details-content{content-visibility:visible;height:auto}
      }

      """
  }()
}
