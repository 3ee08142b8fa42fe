-- A report is compared with those of the same person that were dismissed.
create index task_report_dismissed on task_report (account_id, project_id)
  where state = 'dismissed';
